import Autodiff
import Evaluation
import Networks
import Scores

/// The residual of the score Fokker-Planck equation for a smooth network, its penalties and their
/// gradients, in single precision.
struct FokkerPlanckCase {
  private let reference: ReferenceCase
  private let model: ScoreModel
  private let weights: ModelWeights
  private let times: [Double]
  private let dimensions: Int

  init(_ reference: ReferenceCase) throws {
    self.reference = reference
    let configuration = reference.configuration
    dimensions = try configuration.integer("dim")
    times = try reference.doubles("in/t")
    let widths = try configuration.numbers("hidden").map { Int($0) }
    let activations = try configuration.texts("activations").map { name -> Activation in
      switch name {
      case "tanh": .tanh
      case "silu": .swish
      default: throw configuration.unsuitable("activations", "tanh or silu")
      }
    }
    guard widths.count == activations.count,
      try reference.shape("in/x") == [times.count, dimensions]
    else {
      throw reference.damage(
        found: "\(widths.count) hidden layers, shape \(try reference.shape("in/x")) of in/x",
        expected: "an activation for each layer and \([times.count, dimensions])")
    }
    // The score is the output itself, of the points and the time as it is.
    let network = SmoothMLP(
      dimension: dimensions, hidden: zip(widths, activations).map { (width: $0, activation: $1) },
      noiseCoordinate: .scaled(1))
    model = ScoreModel(network: network, conversion: .direct)
    weights = try reference.weights(of: network)
  }

  func results() throws -> [String: [Double]] {
    var results: [String: [Double]] = [:]
    for (prefix, sde) in try reference.processes() {
      let inputs = try inputs(sde)
      results.add(try equation(prefix, inputs))
      results.add(try penalties(prefix, inputs))
      if reference.expects("\(prefix)/official_scalar") {
        results.add(try scalarTerm(prefix, inputs))
      }
    }
    return results
  }

  // The points are noisy already.
  private func inputs(_ sde: any SDE) throws -> [String: [Float]] {
    let points = try reference.floats("in/x")
    var inputs = [
      ProgramInput.data: points,
      ProgramInput.noise: [Float](repeating: 0, count: points.count),
      ProgramInput.probe(0): try reference.floats("in/v"),
    ]
    for input in LevelInput.allCases {
      inputs[input.rawValue] = times.map {
        Float(input.value(at: $0, of: sde, told: .time(factor: 1)))
      }
    }
    inputs[ProgramInput.meanFactor] = [Float](repeating: 1, count: times.count)
    return inputs
  }

  private func equation(
    _ prefix: String, _ inputs: [String: [Float]]
  ) throws -> [String: [Double]] {
    func run(_ divergence: FokkerPlanck.Divergence) throws -> ProgramRun {
      let program = ResidualProgram(
        model, by: FokkerPlanck(strength: 1, divergence: divergence), batch: times.count)
      return try ProgramRun(program.program, weights: weights, inputs: inputs)
    }
    let (exact, estimate) = (try run(.exact), try run(.probes))
    return [
      "\(prefix)/g2": inputs[LevelInput.squaredDiffusion.rawValue]?.map(Double.init) ?? [],
      "\(prefix)/a": inputs[LevelInput.driftFactor.rawValue]?.map(Double.init) ?? [],
      "\(prefix)/s": exact["score"], "\(prefix)/ds_dt": exact["score_rate"],
      "\(prefix)/div": exact["divergence"], "\(prefix)/grad_h": exact["right_hand_side"],
      "\(prefix)/e": exact["residual"], "\(prefix)/hutch_div": estimate["divergence"],
      "\(prefix)/hutch_e": estimate["residual"],
    ]
  }

  private func penalties(
    _ prefix: String, _ inputs: [String: [Float]]
  ) throws -> [String: [Double]] {
    var results: [String: [Double]] = [:]
    func add(_ name: String, _ penalty: FokkerPlanck) throws {
      guard reference.expects("\(prefix)/\(name)") else { return }
      let run = try train(penalty, inputs)
      results["\(prefix)/\(name)"] = run[LossTerm.fokkerPlanck]
      results.add(run.gradients(under: "\(prefix)_grad_\(name)/"))
    }
    try add(
      "m1_constant",
      FokkerPlanck(strength: 1, exponent: 1, weight: .constant, divergence: .exact))
    for (name, weight) in [("constant", FokkerPlanck.Weight.constant), ("ll", .likelihood)] {
      try add(
        "exact_\(name)",
        FokkerPlanck(strength: 1, weight: weight, divergence: .exact, route: .products))
      try add(
        "hutchinson_\(name)", FokkerPlanck(strength: 1, weight: weight, route: .products))
      try add(
        "official_finite_\(name)",
        FokkerPlanck(strength: 1, weight: weight, timeDerivative: .stencil, route: .nested))
    }
    return results
  }

  // Two passes, as in training.
  private func scalarTerm(
    _ prefix: String, _ inputs: [String: [Float]]
  ) throws -> [String: [Double]] {
    let penalty = FokkerPlanck(strength: 0, scalarStrength: 1, scalarForm: .code)
    let objective = Objective(matching: nil, penalties: [.fokkerPlanck(penalty)])
    guard let norm = ScalarNormProgram(model, objective: objective, batch: times.count) else {
      return [:]
    }
    let squares = try ProgramRun(norm.program, weights: weights, inputs: inputs)["squares"]
    var inputs = inputs
    inputs[ProgramInput.scalarNormReciprocal] = [
      ScalarNormProgram.reciprocal(ofSumOfSquares: squares.reduce(0, +))
    ]
    let run = try train(penalty, inputs)
    var results = run.gradients(under: "\(prefix)_grad_official_scalar/")
    results["\(prefix)/official_scalar"] = run[LossTerm.fokkerPlanckScalar]
    return results
  }

  private func train(
    _ penalty: FokkerPlanck, _ inputs: [String: [Float]]
  ) throws -> TrainingRun {
    try TrainingRun(
      model, objective: Objective(matching: nil, penalties: [.fokkerPlanck(penalty)]),
      batch: times.count, weights: weights, inputs: inputs)
  }
}
