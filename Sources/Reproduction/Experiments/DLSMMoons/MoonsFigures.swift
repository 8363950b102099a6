import Charts
import Evaluation

extension MoonsResults {
  /// The figures in the order of the paper.
  func figures(fields: [(title: String, arrows: [Double])], grid: [Float]) -> [ReportFigure] {
    [curveFigure, fieldFigure(fields, grid: grid), sampleFigure, accuracyFigure]
  }

  private var curveFigure: ReportFigure {
    func panel(
      _ title: String, _ key: KeyPath<MoonsMeasures.Curve, [Double]>, _ label: String
    ) -> Panel {
      Panel(
        title, x: Axis("training step"), y: Axis(label),
        layers: MoonsRun.classifiers.flatMap { bands(of: $0, key) })
    }
    return ReportFigure(
      "dlsm-moons-curves",
      caption: "Distance from the exact likelihood score (mean of both classes) and cross-entropy"
        + " over training, mean over seeds with 95 % bands.",
      chart: Chart(
        panels: [
          panel("Likelihood score", \.likelihood, "total D_L"),
          panel("Cross-entropy", \.crossEntropy, "cross-entropy, nats"),
        ], columns: 2))
  }

  private func bands(
    of run: MoonsRun, _ key: KeyPath<MoonsMeasures.Curve, [Double]>
  ) -> [Layer] {
    let curves = measures.compactMap { $0.curves[run.title] }
    guard let steps = curves.first?.steps else { return [] }
    let points = steps.indices.map { index in
      Finding("", curves.map { $0[keyPath: key][index] })
    }
    let abscissas = steps.map(Double.init)
    return [
      .band(
        x: abscissas, lower: points.map { $0.mean - 1.96 * $0.standardError },
        upper: points.map { $0.mean + 1.96 * $0.standardError }, label: ""),
      .line(zip(abscissas, points).map { Point($0, $1.mean) }, label: run.title),
    ]
  }

  private func fieldFigure(
    _ fields: [(title: String, arrows: [Double])], grid: [Float]
  ) -> ReportFigure {
    // Every third point of the grid along each axis.
    let side = MoonsField.side
    let chosen = stride(from: 1, to: side, by: 3).flatMap { row in
      stride(from: 1, to: side, by: 3).map { row * side + $0 }
    }
    let panels = fields.map { title, arrows in
      Panel(
        title, x: Axis("x", range: MoonsField.x), y: Axis("y", range: MoonsField.y),
        layers: [
          .arrows(
            chosen.map { index in
              Arrow(
                at: Point(Double(grid[2 * index]), Double(grid[2 * index + 1])),
                arrows[2 * index], arrows[2 * index + 1])
            }, label: "")
        ], isSquare: true)
    }
    return ReportFigure(
      "dlsm-moons-fields",
      caption: "The score of the likelihood of the upper moon at sigma = 7.5, first seed.",
      chart: Chart(panels: panels, columns: 2))
  }

  private var sampleFigure: ReportFigure {
    let first = samples.first ?? [:]
    let panels = MoonsMethod.allCases.compactMap { method -> Panel? in
      guard let classes = first[method.rawValue] else { return nil }
      return Panel(
        method.rawValue, x: Axis("x", range: -60...60), y: Axis("y", range: -45...45),
        layers: classes.enumerated().map { label, samples in
          .dots(
            stride(from: 0, to: samples.points.count, by: 2).map {
              Point(Double(samples.points[$0]), Double(samples.points[$0 + 1]))
            }, label: label == 0 ? "upper moon" : "lower moon")
        }, isSquare: true)
    }
    return ReportFigure(
      "dlsm-moons-samples",
      caption: "Samples of Langevin dynamics at sigma = 7.5 by class, first seed.",
      chart: Chart(panels: panels, columns: 2))
  }

  private var accuracyFigure: ReportFigure {
    let layers = MoonsRun.classifiers.map { run -> Layer in
      let reports = measures.compactMap { $0.accuracy[run.title] }
      let levels = reports.first?.levels ?? []
      return .line(
        levels.indices.map { index in
          let sum = reports.reduce(0) { $0 + $1.levels[index].accuracy.value }
          return Point(levels[index].std, sum / Double(reports.count))
        }, label: run.title)
    }
    return ReportFigure(
      "dlsm-moons-accuracy",
      caption:
        "Share of noisy points whose class is recognized, against the noise, mean over seeds.",
      chart: Chart(
        panels: [
          Panel(
            x: Axis("sigma", scale: .logarithmic), y: Axis("accuracy"), layers: layers)
        ]))
  }
}
