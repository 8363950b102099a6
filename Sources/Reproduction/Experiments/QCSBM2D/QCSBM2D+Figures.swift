import Charts
import Evaluation
import Training

extension QCSBM2D {
  /// Samples, densities, fields, and curves of losses and asymmetry.
  func figures(_ results: PlaneResults) -> [ReportFigure] {
    [
      ReportFigure(
        "samples", caption: "Samples of the first seed by the probability flow.",
        chart: grid { sampleLayers($0, $1, results) }),
      ReportFigure(
        "density", caption: "The models' densities by the probability flow, first seed.",
        chart: grid { densityLayers($0, $1, results) }),
      ReportFigure(
        "asymmetry",
        caption: "Asym and NAsym by noise level, median and band over seeds (matched times).",
        chart: asymmetryChart(results)),
      ReportFigure(
        "loss", caption: "The denoising loss over the steps, median and band over seeds.",
        chart: lossChart(results)),
    ] + PlaneSet.allCases.compactMap { fieldFigure($0, results) }
  }

  private func fieldFigure(_ set: PlaneSet, _ results: PlaneResults) -> ReportFigure? {
    let charts = [PlaneModel.unconstrained, .quasiConservative].compactMap { model in
      results.picture(set, model).map { picture in
        Chart.decomposition("", of: picture.field(extent: set.extent)).titled(model.title)
      }
    }
    guard let first = charts.first else { return nil }
    return ReportFigure(
      "fields-\(set.rawValue)",
      caption: "\(set.title): the scores of U and QC at t = 0.5, first seed, split into a gradient "
        + "and a rotational part.",
      chart: Chart(panels: charts.flatMap(\.panels), columns: first.columns))
  }

  private func grid(_ layers: (PlaneSet, PlaneModel) -> [Layer]) -> Chart {
    Chart(
      panels: PlaneSet.allCases.flatMap { set in
        PlaneModel.allCases.map { model in
          Panel(
            "\(set.title), \(model.title)", x: Axis("x", range: -set.extent...set.extent),
            y: Axis("y", range: -set.extent...set.extent), layers: layers(set, model),
            isSquare: true)
        }
      }, columns: PlaneModel.allCases.count)
  }

  private func sampleLayers(
    _ set: PlaneSet, _ model: PlaneModel, _ results: PlaneResults
  ) -> [Layer] {
    let samples = results.seeds(set, model).first?.measurement.samples ?? []
    let points = stride(from: 0, to: samples.count, by: 2).map {
      Point(Double(samples[$0]), Double(samples[$0 + 1]))
    }
    return [.dots(points, label: "")]
  }

  private func densityLayers(
    _ set: PlaneSet, _ model: PlaneModel, _ results: PlaneResults
  ) -> [Layer] {
    guard let picture = results.picture(set, model) else { return [] }
    let range = -set.extent...set.extent
    return [
      .heatMap(
        HeatMap(columns: picture.densitySide, values: picture.density, x: range, y: range),
        label: "density")
    ]
  }

  private func asymmetryChart(_ results: PlaneResults) -> Chart {
    let models: [PlaneModel] = [.unconstrained, .quasiConservative]
    func panel(
      _ set: PlaneSet, _ name: String, _ value: (FieldReport.Measures) -> Double
    ) -> Panel {
      Panel(
        "\(set.title): \(name)", x: Axis("t"), y: Axis(name, scale: .logarithmic),
        layers: models.flatMap { model in
          curveLayers(
            results.seeds(set, model).map { run in
              run.measurement.matched.levels.map { ($0.time, value($0.measures)) }
            }, label: model.title)
        })
    }
    return Chart(
      panels: PlaneSet.allCases.map { panel($0, "Asym") { $0.asymmetry.value } }
        + PlaneSet.allCases.map { panel($0, "NAsym") { $0.normalizedAsymmetry.value } },
      columns: PlaneSet.allCases.count)
  }

  private func lossChart(_ results: PlaneResults) -> Chart {
    Chart(
      panels: PlaneSet.allCases.map { set in
        Panel(
          "\(set.title): loss", x: Axis("step"), y: Axis("DSM", scale: .logarithmic),
          layers: PlaneModel.allCases.flatMap { model in
            curveLayers(
              results.seeds(set, model).map { run in
                run.curves.loss.map { (Double($0.step), $0.value) }
              }, label: model.title)
          })
      }
        + PlaneSet.allCases.map { set in
          Panel(
            "\(set.title): penalty", x: Axis("step"),
            y: Axis("sigma^2 Asym", scale: .logarithmic),
            layers: curveLayers(
              results.seeds(set, .quasiConservative).map { run in
                run.curves.penalty.map { (Double($0.step), $0.value) }
              }, label: "QC"))
        }, columns: PlaneSet.allCases.count)
  }
}

extension PlaneResults {
  fileprivate func picture(_ set: PlaneSet, _ model: PlaneModel) -> PlanePicture? {
    pictures.first { $0.set == set.rawValue && $0.model == model.rawValue }
  }
}

extension Chart {
  /// The same chart with a name before the title of each panel.
  fileprivate func titled(_ name: String) -> Chart {
    var chart = self
    for index in chart.panels.indices {
      chart.panels[index].title = "\(name): \(chart.panels[index].title)"
    }
    return chart
  }
}
