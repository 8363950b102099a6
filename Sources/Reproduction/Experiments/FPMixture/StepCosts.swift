import MPI
import Networks
import RunConfiguration
import Training

/// What a step costs with each formulation, and how far their gradients differ.
struct StepCosts: Codable, Sendable {
  /// The median time of the steps of an objective.
  struct Timing: Codable, Sendable {
    let title: String
    let seconds: Double
  }

  /// Denoising alone, then the formulations of the penalty.
  let timings: [Timing]
  /// The difference of the values of the penalty in both formulations, relative.
  let valueDifference: Double
  /// The norm of the difference of the gradients, relative to their norm.
  let gradientDifference: Double

  /// Times steps from trained weights; every rank must call this.
  ///
  /// The objectives take turns, so that whatever else the machine does slows all of them.
  init(from trained: TrainingState, plan: FPMixturePlan, over world: Communicator) throws {
    func step(
      _ method: FPMixturePlan.Method, _ change: (inout RegularizerSettings) -> Void = { _ in }
    ) throws -> RepeatedStep {
      var settings = try plan.settings(method, seed: plan.seeds[0])
      change(&settings.regularizer)
      return try RepeatedStep(settings, from: trained, over: world)
    }
    var objectives = [("DSM", try step(.denoising))]
    for (divergence, name) in [
      (RegularizerSettings.Divergence.exact, "exact divergence"), (.probes, "one probe"),
    ] {
      for (route, kind) in [
        (RegularizerSettings.GradientRoute.products, "Jacobian products"), (.nested, "third order"),
      ] {
        let title = "DSM + FPE, \(name), \(kind)"
        objectives.append(
          (title, try step(.fokkerPlanck) { ($0.divergence, $0.gradient) = (divergence, route) }))
      }
    }
    for _ in 0...plan.timedSteps {
      for (_, step) in objectives { try step.run() }
    }
    timings = objectives.map { Timing(title: $0, seconds: $1.medianSeconds) }

    // With a large factor the gradient is that of the penalty.
    let compared = try [RegularizerSettings.GradientRoute.products, .nested].map { route in
      let step = try step(.fokkerPlanck) { ($0.gradient, $0.weight) = (route, 1e4) }
      try step.run()
      return step
    }
    valueDifference = abs(compared[0].penalty - compared[1].penalty) / abs(compared[1].penalty)
    let squares = zip(compared[0].gradient, compared[1].gradient).reduce((0.0, 0.0)) {
      sums, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return (sums.0 + difference * difference, sums.1 + Double(pair.1) * Double(pair.1))
    }
    gradientDifference = (squares.0 / squares.1).squareRoot()
  }
}

/// Steps of a run from given weights, timed one by one.
private final class RepeatedStep {
  /// The penalty of the last step; 0 if the objective has none.
  private(set) var penalty = 0.0
  private let state: TrainingState
  private let step: DataParallelStep
  private var times: [Double] = []

  init(_ settings: RunSettings, from trained: TrainingState, over world: Communicator) throws {
    let model = try settings.scoreModel()
    state = TrainingState(model.network.parameters, seed: settings.seed)
    state.parameters.copy(from: trained.parameters)
    step = try DataParallelStep(
      settings, dataset: settings.trainingExamples(for: model.network), state: state, over: world)
  }

  func run() throws {
    let start = ContinuousClock.now
    penalty = try step()["fpe"] ?? 0
    times.append((ContinuousClock.now - start) / .seconds(1))
  }

  /// The gradient of the last step.
  var gradient: [Float] { Array(state.gradients.values) }

  /// The median over all steps but the first, which meets cold memory.
  var medianSeconds: Double {
    let sorted = times.dropFirst().sorted()
    return sorted[sorted.count / 2]
  }
}
