import MPI
import Networks
import RunConfiguration
import Training

/// What a step costs with each formulation, and how far their gradients differ.
struct StepCosts: Codable, Sendable {
  /// Median seconds of a step with denoising alone.
  let denoising: Double
  /// Median seconds of a step with the penalty from products with the Jacobian.
  let products: Double
  /// Median seconds of a step with the penalty as a gradient of third order.
  let nested: Double
  /// The difference of the values of the penalty, relative.
  let valueDifference: Double
  /// The norm of the difference of the gradients, relative to their norm.
  let gradientDifference: Double

  /// Times steps from trained weights; every rank must call this.
  init(from trained: TrainingState, plan: FPMixturePlan, over world: Communicator) throws {
    func run(
      _ method: FPMixturePlan.Method, _ change: (inout RegularizerSettings) -> Void = { _ in }
    ) throws -> TimedSteps {
      var settings = try plan.settings(method, seed: plan.seeds[0])
      change(&settings.regularizer)
      return try TimedSteps(settings, from: trained, count: plan.timedSteps, over: world)
    }
    // With a large factor the gradient is that of the penalty.
    func compared(_ route: RegularizerSettings.GradientRoute) throws -> TimedSteps {
      try run(.fokkerPlanck) {
        $0.gradient = route
        $0.weight = 1e4
      }
    }
    denoising = try run(.denoising).seconds
    products = try run(.fokkerPlanck) { $0.gradient = .products }.seconds
    nested = try run(.fokkerPlanck) { $0.gradient = .nested }.seconds
    let (first, second) = (try compared(.products), try compared(.nested))
    valueDifference = abs(first.penalty - second.penalty) / abs(second.penalty)
    let squares = zip(first.gradient, second.gradient).reduce((0.0, 0.0)) { sums, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return (sums.0 + difference * difference, sums.1 + Double(pair.1) * Double(pair.1))
    }
    gradientDifference = (squares.0 / squares.1).squareRoot()
  }
}

/// Steps of a run from given weights.
private struct TimedSteps {
  /// The median over steps.
  let seconds: Double
  /// The penalty of the first step.
  let penalty: Double
  /// The gradient of the first step.
  let gradient: [Float]

  init(
    _ settings: RunSettings, from trained: TrainingState, count: Int, over world: Communicator
  ) throws {
    let model = try settings.scoreModel()
    let state = TrainingState(model.network.parameters, seed: settings.seed)
    state.parameters.copy(from: trained.parameters)
    let step = try DataParallelStep(
      settings, dataset: settings.trainingExamples(for: model), state: state, over: world)
    penalty = try step()["fpe"] ?? 0
    gradient = Array(state.gradients.values)
    var times: [Double] = []
    for _ in 0..<count {
      let start = ContinuousClock.now
      _ = try step()
      times.append((ContinuousClock.now - start) / .seconds(1))
    }
    seconds = times.sorted()[times.count / 2]
  }
}
