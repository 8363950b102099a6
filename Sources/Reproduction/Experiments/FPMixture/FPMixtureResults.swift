import Charts
import Foundation
import RunConfiguration

/// The results of the experiment, put into tables and a figure.
struct FPMixtureResults {
  let plan: FPMixturePlan
  let closedForms: [ClosedFormResidual]
  let models: [FPMixturePlan.Method: [MixtureMeasures]]
  let costs: StepCosts

  func report(_ settings: RunSettings) -> ExperimentReport {
    ExperimentReport(
      name: FPMixture.name,
      source: "Lai et al., FP-Diffusion, ICML 2023 (arXiv 2210.04296), on data of our own",
      settings: settingLines(settings),
      tables: [
        closedFormTable, residualTable, densityTable, costTable,
      ], figures: [figure],
      notes: [
        "No numeric table of the paper exists for such data: the bounds are what the paper claims,"
          + " that the residual falls, the likelihood does not get worse and the field gets closer"
          + " to a gradient.",
        "Form of the reference that was used: the corrected one, with the exact time derivative"
          + " and divergence; dropout and the finite difference play no part.",
        "Cost: programs share sub-expressions, so the formulation by Jacobian products, meant to be"
          + " cheaper, saves no passes here; compare its times with those of third order.",
      ])
  }

  private func settingLines(_ settings: RunSettings) -> [String] {
    let regularizer = settings.regularizer
    return [
      "data: three Gaussians in the plane, \(settings.dataset.points) points; VE process, sigma"
        + " from \(settings.sde.sigmaMin) to \(settings.sde.sigmaMax)",
      "network: \(settings.model.hiddenLayers) hidden layers of \(settings.model.width) units,"
        + " \(settings.model.activation.rawValue); averaged weights are measured",
      "training: \(settings.training.steps) steps of \(settings.training.globalBatch) points,"
        + " \(plan.seeds.count) seeds, both objectives from the same start and data",
      "penalty: vector term with factor \(regularizer.weight), weight"
        + " \(regularizer.timeWeight.rawValue), exponent \(regularizer.exponent), divergence"
        + " \(regularizer.divergence.rawValue), time derivative"
        + " \(regularizer.timeDerivative.rawValue)",
      "likelihood: probability flow with exact divergence, tolerances 1e-5,"
        + " \(plan.likelihoodExamples) points; both densities have the noise of t = 1e-5",
    ]
  }

  private var closedFormTable: ReportTable {
    ReportTable(
      "Residual of closed-form scores, single precision",
      findings: closedForms.flatMap { form in
        [
          Finding(
            "\(form.title): largest r(t) = E|e| / D", [form.residual], expectation: .atMost(1e-5),
            published: "0"),
          Finding("\(form.title): largest E|ds/dt| / D", [form.rate]),
        ]
      })
  }

  private var residualTable: ReportTable {
    ReportTable(
      "Residual r(t) = E|e| / D of trained networks",
      findings: plan.times.indices.flatMap { index -> [Finding] in
        let values = FPMixturePlan.Method.allCases.map { method in
          (models[method] ?? []).map { $0.residuals[index] }
        }
        let time = String(format: "%.2f", plan.times[index])
        return zip(FPMixturePlan.Method.allCases, values).map {
          Finding("t = \(time), \($0.title)", $1)
        } + [
          Finding(
            "t = \(time), ratio", zip(values[1], values[0]).map { $0 / $1 },
            expectation: .atMost(1), published: "falls")
        ]
      })
  }

  private var densityTable: ReportTable {
    let measures: [(String, KeyPath<MixtureMeasures, Double>)] = [
      ("KL(p, q), nats", \.divergence), ("NLL, nats", \.likelihood), ("Asym", \.asymmetry),
      ("score error", \.scoreError),
    ]
    return ReportTable(
      "Density and asymmetry",
      findings: measures.flatMap { name, path -> [Finding] in
        let values = FPMixturePlan.Method.allCases.map { method in
          (models[method] ?? []).map { $0[keyPath: path] }
        }
        return zip(FPMixturePlan.Method.allCases, values).map {
          Finding("\(name), \($0.title)", $1)
        }
          + [comparison(name, values[1], values[0])]
      })
  }

  private func comparison(_ name: String, _ ours: [Double], _ base: [Double]) -> Finding {
    switch name {
    case "Asym":
      Finding(
        "\(name), ratio", zip(ours, base).map { $0 / $1 }, expectation: .atMost(1),
        published: "falls")
    case "score error":
      Finding("\(name), ratio", zip(ours, base).map { $0 / $1 })
    default:
      Finding(
        "\(name), difference", zip(ours, base).map { $0 - $1 }, expectation: .atMost(0),
        published: "not worse")
    }
  }

  private var costTable: ReportTable {
    ReportTable(
      "Cost of a step",
      findings: costs.timings.map { Finding("\($0.title): ms", [1e3 * $0.seconds]) }
        + costs.timings.dropFirst().map {
          Finding("\($0.title): times DSM", [$0.seconds / costs.timings[0].seconds])
        } + [
          Finding(
            "difference of the two penalties, relative", [costs.valueDifference],
            expectation: .atMost(1e-4)),
          Finding(
            "difference of their gradients, relative", [costs.gradientDifference],
            expectation: .atMost(1e-4)),
        ])
  }

  private var figure: ReportFigure {
    ReportFigure(
      "residuals",
      caption: "Left: residual of the score Fokker-Planck equation over time. Right: asymmetry of"
        + " the Jacobian, Asym = 1/2 E|J - Jᵀ|², times the variance of the noise. Lines are medians over"
        + " \(plan.seeds.count) seeds, bands reach from quartile to quartile.",
      chart: Chart(
        panels: [
          panel("Residual", "r(t) = E|e| / D", \.residuals),
          panel("Asymmetry", "σ² · Asym", \.asymmetries),
        ], columns: 2))
  }

  private func panel(
    _ title: String, _ label: String, _ path: KeyPath<MixtureMeasures, [Double]>
  ) -> Panel {
    let layers = FPMixturePlan.Method.allCases.flatMap { method in
      SeedSpread.layers(
        x: plan.times, curves: (models[method] ?? []).map { $0[keyPath: path] },
        label: method.title)
    }
    return Panel(
      title, x: Axis("t"), y: Axis(label, scale: .logarithmic), layers: layers)
  }
}
