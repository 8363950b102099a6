import Charts
import Evaluation
import Scores

extension SkewEstimator {
  /// Puts tables and figures together.
  func report(_ results: [EstimatorResult]) -> ExperimentReport {
    ExperimentReport(
      name: Self.name, source: "no publication; the paper's estimator is that of Chao et al. 2023",
      settings: [
        "starts: U presets toy-{8gaussians, spirals, checkerboard}-u, and fashion-mnist-u of width "
          + "16 after training on 16 images a step; raw weights",
        "noise: fixed noisy examples at times that cover [epsilon, 1], Rademacher probes, "
          + "penalty weighted by sigma^noise_power of the preset (2 in the plane, 4 for images)",
        "training: from the same start with the same data, noise and probes; lambda of the QC "
          + "presets; Asym, NAsym and loss on test examples after the last step",
      ],
      tables: EstimatorCase.allCases.flatMap { task in
        let mine = results.filter { $0.task == task }
        return Self.moments.indices.map { noiseTable(task, mine, moment: $0) }
          + [trainingTable(task, mine)]
      },
      figures: [noiseFigure(results), trainingFigure(results)],
      notes: [
        "In the plane J - J^T is a multiple of a quarter turn, so one skew probe of signs gives the "
          + "exact penalty; what is left of its deviation is rounding."
      ])
  }

  /// When the noise is measured.
  private static let moments = ["U, the start", "trained on with skew, K = 1"]

  // Relative to the means of the skew form, which both estimators share.
  private func noiseTable(
    _ task: EstimatorCase, _ results: [EstimatorResult], moment: Int
  ) -> ReportTable {
    let noises = results.map { $0.noise[moment] }
    var findings: [Finding] = []
    func add(
      _ quantity: String, _ values: [Double], _ expectation: Finding.Expectation = .none
    ) {
      if !values.isEmpty {
        findings.append(Finding(quantity, values, expectation: expectation))
      }
    }
    for estimator in Self.compared {
      add("\(estimator.rawValue): mean", noises.compactMap { $0[estimator.rawValue]?.mean })
      for probes in EstimatorNoise.probes {
        let choice = EstimatorChoice(estimator: estimator, probes: probes)
        let relative = noises.compactMap { $0.relativeSpread(of: choice) }
        add("\(choice.title): deviation of the value / mean", relative.map(\.value))
        add("\(choice.title): deviation of the gradient / mean gradient", relative.map(\.gradient))
      }
    }
    let ratios = noises.compactMap { noise -> EstimatorNoise.Spread? in
      guard let skew = noise.relativeSpread(of: .skewOnce),
        let paper = noise.relativeSpread(of: .paperMost)
      else { return nil }
      return EstimatorNoise.Spread(
        probes: 1, value: skew.value / paper.value, gradient: skew.gradient / paper.gradient)
    }
    add("claim: value, skew K = 1 over paper K = 16", ratios.map(\.value), .atMost(1))
    add("claim: gradient, skew K = 1 over paper K = 16", ratios.map(\.gradient), .atMost(1))
    return ReportTable(
      "\(task.title), \(Self.moments[moment]): noise of the estimators", findings: findings)
  }

  private func trainingTable(_ task: EstimatorCase, _ results: [EstimatorResult]) -> ReportTable {
    var findings: [Finding] = []
    for choice in EstimatorChoice.trained {
      let mine = results.compactMap { $0.training(choice) }
      func add(_ name: String, _ values: [Double]) {
        if !values.isEmpty { findings.append(Finding("\(choice.title): \(name)", values)) }
      }
      add("Asym", mine.compactMap { $0.measures?.asymmetry?.value })
      add("Asym, weighted by sigma^2", mine.compactMap { $0.measures?.weightedAsymmetry?.value })
      add("NAsym", mine.compactMap { $0.measures?.normalizedAsymmetry?.value })
      add("loss", mine.compactMap { $0.measures?.dsm.value })
      add("seconds per step", mine.map(\.stepSeconds))
    }
    let ratios = results.compactMap { result -> Double? in
      guard
        let skew = result.training(.skewOnce)?.asymmetry,
        let paper = result.training(.paperMost)?.asymmetry
      else { return nil }
      return skew / paper
    }
    if !ratios.isEmpty {
      findings.append(
        Finding(
          "claim: Asym, skew K = 1 over paper K = 16", ratios, expectation: .atMost(1)))
    }
    return ReportTable("\(task.title): training on from the same start", findings: findings)
  }

  private func noiseFigure(_ results: [EstimatorResult]) -> ReportFigure {
    let panels = EstimatorCase.allCases.compactMap { task -> Panel? in
      let mine = results.filter { $0.task == task }
      guard !mine.isEmpty else { return nil }
      return Panel(
        task.title, x: Axis("probes K", scale: .logarithmic),
        y: Axis("gradient deviation / mean", scale: .logarithmic),
        layers: Self.compared.flatMap { estimator in
          ["U", "QC"].enumerated().flatMap { moment, network in
            curveLayers(
              mine.compactMap { result in
                let noise = result.noise[moment]
                let shares = EstimatorNoise.probes.compactMap { probes in
                  noise.relativeSpread(
                    of: EstimatorChoice(estimator: estimator, probes: probes))
                }
                return shares.map { (Double($0.probes), $0.gradient) }
              }, label: "\(estimator.rawValue), \(network)")
          }
        })
    }
    return ReportFigure(
      "noise",
      caption: "Deviation of the penalty's parameter gradient over probes, on the start (U) and on "
        + "the network that the skew form has trained (QC).",
      chart: Chart(panels: panels, columns: 2))
  }

  private func trainingFigure(_ results: [EstimatorResult]) -> ReportFigure {
    let panels = EstimatorCase.allCases.compactMap { task -> Panel? in
      let mine = results.filter { $0.task == task }
      guard !mine.isEmpty else { return nil }
      return Panel(
        task.title, x: Axis("step"), y: Axis("estimated penalty", scale: .logarithmic),
        layers: EstimatorChoice.trained.flatMap { choice in
          curveLayers(
            mine.compactMap { $0.training(choice) }.map { training in
              training.penalty.map { (Double($0.step), $0.value) }
            }, label: choice.title)
        })
    }
    return ReportFigure(
      "training",
      caption: "The penalty over the steps as each estimator sees it; the paper's may be negative, "
        + "which a logarithmic axis leaves out.",
      chart: Chart(panels: panels, columns: 2))
  }
}

extension EstimatorTraining {
  /// Asym of the trained model.
  fileprivate var asymmetry: Double? { measures?.asymmetry?.value }
}

extension [String: EstimatorNoise] {
  /// The deviations of an estimator over the means of the skew form.
  fileprivate func relativeSpread(of choice: EstimatorChoice) -> EstimatorNoise.Spread? {
    guard let mean = self[QuasiConservative.Estimator.skew.rawValue],
      let spread = self[choice.estimator.rawValue]?.spread(choice.probes)
    else { return nil }
    return EstimatorNoise.Spread(
      probes: choice.probes, value: spread.value / abs(mean.mean),
      gradient: spread.gradient / mean.gradientNorm)
  }
}
