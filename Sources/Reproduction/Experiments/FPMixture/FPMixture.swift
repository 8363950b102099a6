import Datasets
import Evaluation
import RunConfiguration
import Scores
import Training

/// The score Fokker-Planck penalty on a mixture of three Gaussians, whose density is known.
///
/// Closed-form scores have no residual; of networks trained with and without the vector term, the
/// residual, the exact divergence from the density and the asymmetry are compared.
public struct FPMixture: Experiment {
  /// The name on the command line.
  public static let name = "fp-mixture"

  /// What it computes, in one line.
  public static let summary =
    "score Fokker-Planck penalty on a known mixture: residual, KL, NLL, asymmetry, cost"

  let plan: FPMixturePlan

  /// Describes the experiment at full or reduced length.
  public init(_ options: ExperimentOptions) { plan = FPMixturePlan(options) }

  /// Computes everything; every rank must call this.
  ///
  /// - Parameter context: The ranks, the folder and the stages.
  /// - Returns: The tables and the figure.
  /// - Throws: What training and measuring throw.
  public func run(in context: ExperimentContext) throws -> ExperimentReport {
    let closedForms = try context.stage("closed-forms") {
      try closedFormResiduals(plan)
    }
    var models: [FPMixturePlan.Method: [MixtureMeasures]] = [:]
    for seed in plan.seeds {
      for method in FPMixturePlan.Method.allCases {
        let name = "\(method.rawValue)-seed-\(seed)"
        let settings = try plan.settings(method, seed: seed)
        let state = try context.train(settings, as: name)
        let measures = try context.stage("measures-\(name)") {
          try MixtureMeasures(of: state, settings: settings, plan: plan, over: context.world)
        }
        models[method, default: []].append(measures)
      }
    }
    let costs = try context.stage("step-times") {
      let trained = try context.train(
        plan.settings(.denoising, seed: plan.seeds[0]),
        as: "\(FPMixturePlan.Method.denoising.rawValue)-seed-\(plan.seeds[0])")
      return try StepCosts(from: trained, plan: plan, over: context.world)
    }
    return FPMixtureResults(plan: plan, closedForms: closedForms, models: models, costs: costs)
      .report(try plan.settings(.fokkerPlanck, seed: plan.seeds[0]))
  }
}
