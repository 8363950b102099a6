import Evaluation

/// What all seeds gave, in the order of the seeds.
struct MoonsResults {
  var measures: [MoonsMeasures]
  /// Both classes' samples of each seed by method.
  var samples: [[String: [MoonsSamples]]]
  /// Seconds of a training step of each network.
  var stepSeconds: [(title: String, values: [Double])]

  /// Adds what the training of a network took in one seed.
  mutating func addStepSeconds(_ seconds: Double, of run: MoonsRun) {
    if let index = stepSeconds.firstIndex(where: { $0.title == run.title }) {
      stepSeconds[index].values.append(seconds)
    } else {
      stepSeconds.append((run.title, [seconds]))
    }
  }

  /// The tables in the order of the paper.
  func tables(_ length: MoonsLength) -> [ReportTable] {
    [
      ReportTable(
        "Table 1: distances at sigma = 7.5 from exact scores in the reference's form (1e-8 added to"
          + " densities)", findings: distances(\.reference)),
      ReportTable(
        "Table 1: distances at sigma = 7.5 from exact scores", findings: distances(\.exact)),
      ReportTable("Table 1: samples against noisy data, k = 5", findings: overlaps),
      ReportTable("Figure 5: over training", findings: curves(length)),
      ReportTable("Seconds of a training step", findings: stepSeconds.map { Finding($0, $1) }),
    ]
  }

  private func distances(
    _ form: KeyPath<MoonsMeasures, [String: MoonsMeasures.Distances]>
  ) -> [Finding] {
    let published: [(MoonsMethod, [String], [String])] = [
      (.base, ["0.198", "0.197"], ["0.190", "0.181"]),
      (.scaling, ["2.734", "2.627"], ["2.730", "2.618"]),
      (.posterior, ["0.063", "0.060"], []),
      (.likelihood, [], []),
      (.total, ["0.066", "0.064"], ["0.052", "0.052"]),
    ]
    return published.flatMap { method, posterior, likelihood in
      (0..<2).flatMap { label -> [Finding] in
        let title = "\(method.rawValue), class \(label)"
        let values = measures.compactMap { $0[keyPath: form][method.rawValue] }
        let first = Finding(
          "\(title): E[D_P]", values.map { $0.posterior[label] },
          expectation: method == .total ? .atMost(0.075) : .none,
          published: posterior.isEmpty ? "" : posterior[label])
        guard method.classifier != nil else { return [first] }
        let second = Finding(
          "\(title): E[D_L]", values.map { $0.likelihood[label] },
          expectation: Self.bound(method),
          published: likelihood.isEmpty ? "" : likelihood[label])
        return [first, second]
      }
    }
  }

  private static func bound(_ method: MoonsMethod) -> Finding.Expectation {
    switch method {
    case .base: .atLeast(0.17)
    case .scaling: .atLeast(2)
    case .total: .atMost(0.06)
    case .posterior, .likelihood: .none
    }
  }

  private var overlaps: [Finding] {
    let published: [MoonsMethod: [[String]]] = [
      .base: [[".94", "1.00"], [".93", "1.00"]], .scaling: [[".95", ".97"], [".94", ".97"]],
      .posterior: [[".97", "1.00"], [".97", "1.00"]], .total: [[".96", "1.00"], [".95", "1.00"]],
    ]
    return MoonsMethod.allCases.flatMap { method in
      (0..<2).flatMap { label -> [Finding] in
        let own = samples.compactMap { $0[method.rawValue]?[label].overlap }
        guard !own.isEmpty else { return [] }
        let title = "\(method.rawValue), class \(label)"
        return [
          Finding(
            "\(title): precision", own.map(\.precision),
            published: published[method]?[label][0] ?? ""),
          Finding(
            "\(title): recall", own.map(\.recall), published: published[method]?[label][1] ?? ""),
        ]
      }
    }
  }

  /// The numbers of a classifier's curve at one of the checkpoints, one for each seed.
  private func values(
    _ run: MoonsRun, at index: Int, _ key: KeyPath<MoonsMeasures.Curve, [Double]>
  ) -> [Double] {
    measures.compactMap { $0.curves[run.title]?[keyPath: key][index] }
  }

  private func curves(_ length: MoonsLength) -> [Finding] {
    let steps = length.checkpoints
    // A quarter of the way, 10,000 steps at full length.
    let last = steps.count - 1
    let early =
      steps.indices.min { abs(4 * steps[$0] - steps[last]) < abs(4 * steps[$1] - steps[last]) } ?? 0
    var findings = MoonsRun.classifiers.flatMap { run in
      [early, last].flatMap { index in
        [
          Finding(
            "\(run.title) after \(steps[index]) steps: total D_L",
            values(run, at: index, \.likelihood), published: Self.published(run, index == last).0),
          Finding(
            "\(run.title) after \(steps[index]) steps: cross-entropy",
            values(run, at: index, \.crossEntropy),
            published: Self.published(run, index == last).1),
        ]
      }
    }
    let drift = zip(
      values(.likelihood, at: last, \.crossEntropy), values(.likelihood, at: early, \.crossEntropy)
    ).map { $0 / $1 }
    findings.append(
      Finding(
        "DLSM alone: cross-entropy at the end over that after \(steps[early]) steps", drift,
        expectation: .atLeast(1), published: "about 3", note: "drifts up"))
    return findings
  }

  private static func published(_ run: MoonsRun, _ isLast: Bool) -> (String, String) {
    switch run {
    case .crossEntropy: ("about .185", "about .04")
    case .likelihood: isLast ? ("about .053", ".4 to .5") : ("about .068", "about .15")
    default: isLast ? ("about .054", ".13 to .14") : ("about .062", ".13 to .14")
    }
  }
}
