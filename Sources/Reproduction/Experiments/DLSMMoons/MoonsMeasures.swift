import Evaluation
import Scores

/// What is measured of the networks of one seed.
struct MoonsMeasures: Codable {
  /// The mean distances of a method's fields from the exact ones, one for each class.
  struct Distances: Codable {
    /// E[D_P], of the posterior score.
    var posterior: [Double]
    /// E[D_L], of the likelihood score; empty for a method without one.
    var likelihood: [Double]
  }

  /// A classifier on its way through training.
  struct Curve: Codable {
    var steps: [Int]
    /// The mean of E[D_L] over the two classes.
    var likelihood: [Double]
    /// The mean cross-entropy over noise levels.
    var crossEntropy: [Double]
  }

  /// By the name of the method, against the exact fields.
  var exact: [String: Distances] = [:]
  /// The same against the reference's fields, with 1e-8 added to densities.
  var reference: [String: Distances] = [:]
  /// By the title of the classifier.
  var curves: [String: Curve] = [:]
  /// Accuracy against the standard deviation of the noise, by the title of the classifier.
  var accuracy: [String: ClassifierReport] = [:]
}

/// The rows of the paper's Table 1 that are measured.
enum MoonsMethod: String, CaseIterable {
  case base = "Base (CE)"
  case scaling = "Scaling (CE, alpha = 10)"
  case posterior = "Posterior SM"
  case likelihood = "DLSM alone"
  case total = "Ours (Total)"

  /// The classifier; nil where each class has a score of its own.
  var classifier: MoonsRun? {
    switch self {
    case .base, .scaling: .crossEntropy
    case .posterior: nil
    case .likelihood: .likelihood
    case .total: .total
    }
  }

  /// The factor of the likelihood score.
  var factor: Double { self == .scaling ? 10 : 1 }
}

extension MoonsModels {
  /// Measures the networks of the seed; every rank must call this, and rank 0's numbers count.
  func measures(of methods: [MoonsMethod]) throws -> MoonsMeasures {
    var measures = MoonsMeasures()
    let fields = (exact: try MoonsField(floor: 0), reference: try MoonsField(floor: 1e-8))
    for method in methods {
      let found = try estimates(method, on: fields.exact.grid)
      measures.exact[method.rawValue] = distances(found, from: fields.exact)
      measures.reference[method.rawValue] = distances(found, from: fields.reference)
    }
    for run in MoonsRun.classifiers {
      let reports = try length.checkpoints.map { try report(run, step: $0) }
      measures.curves[run.title] = MoonsMeasures.Curve(
        steps: length.checkpoints,
        likelihood: try length.checkpoints.map { try likelihoodDistance(run, $0, fields.exact) },
        crossEntropy: reports.map { report in
          let levels = report?.levels ?? []
          return levels.reduce(0) { $0 + $1.crossEntropy.value } / Double(max(levels.count, 1))
        })
      if let last = reports.last { measures.accuracy[run.title] = last }
    }
    return measures
  }

  /// A method's posterior and likelihood scores of each class, flat like the grid.
  func estimates(
    _ method: MoonsMethod, on grid: [Float]
  ) throws -> [(posterior: [Double], likelihood: [Double]?)] {
    let prior = try evaluated(score(.score, batch: grid.count / 2), on: grid)
    return try (0..<2).map { label in
      guard let classifier = method.classifier else {
        let own = try score(.classScore(label), batch: grid.count / 2)
        return (try evaluated(own, on: grid), nil)
      }
      let gradient = try likelihoodScore(
        classifier, step: length.steps, label: label, batch: grid.count / 2)
      let scaled = try evaluated(gradient, on: grid).map { method.factor * $0 }
      return (zip(prior, scaled).map(+), scaled)
    }
  }

  private func distances(
    _ found: [(posterior: [Double], likelihood: [Double]?)], from field: MoonsField
  ) -> MoonsMeasures.Distances {
    MoonsMeasures.Distances(
      posterior: found.enumerated().map { MoonsField.distance($1.posterior, field.posteriors[$0]) },
      likelihood: found.enumerated().compactMap { label, estimate in
        estimate.likelihood.map { MoonsField.distance($0, field.likelihood(ofClass: label)) }
      })
  }

  private func likelihoodDistance(
    _ run: MoonsRun, _ step: Int, _ field: MoonsField
  ) throws -> Double {
    let distances = try (0..<2).map { label in
      let gradient = try likelihoodScore(
        run, step: step, label: label, batch: field.grid.count / 2)
      return MoonsField.distance(
        try evaluated(gradient, on: field.grid), field.likelihood(ofClass: label))
    }
    return (distances[0] + distances[1]) / 2
  }

  private func evaluated(_ score: BatchScore, on grid: [Float]) throws -> [Double] {
    var values = [Float](repeating: 0, count: grid.count)
    try score(grid, time(of: MoonsField.std), &values)
    return values.map(Double.init)
  }
}
