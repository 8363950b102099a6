public import Autodiff
public import Networks

/// The program of a model's score, for samplers and likelihoods.
///
/// Inputs are `x` (noisy data), `noise` (what the network is told), `std`, the probe `v0` for a
/// product, and the model's parameters. The result `score` has the shape of `x`.
public struct ScoreProgram: Sendable {
  /// What is computed beside the score.
  public enum Companion: Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// `product`: the Jacobian's product `J v` with the probe, of the shape of `x`.
    case product
    /// `divergence`: the exact trace of the Jacobian, `[B]`; one forward pass for each dimension.
    case divergence
    /// `jacobian`: the whole Jacobian, `[B, D, D]`; one reverse pass for each dimension.
    case jacobian
  }

  /// The number of examples of a run.
  public let batch: Int
  /// What runs.
  public let program: Program

  /// Builds the program.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - batch: The number B of examples of a run.
  ///   - companion: What is computed beside the score.
  public init(_ model: ScoreModel, batch: Int, with companion: Companion = .none) {
    let graph = Graph()
    let x = graph.input(
      ProgramInput.data, Shape([batch] + model.network.exampleShape.dimensions))
    let score = model.score(
      x, noise: graph.input(ProgramInput.condition, [batch]),
      standardDeviation: graph.input(ProgramInput.standardDeviation, [batch]),
      parameters: ParameterValues(inputsOf: graph))
    var results = [(name: "score", value: score)]
    switch companion {
    case .none: break
    case .product:
      let probe = graph.input(ProgramInput.probe(0), x.shape)
      results.append(("product", jvp(of: score, at: x, tangent: probe)))
    case .divergence: results.append(("divergence", divergence(of: score, at: x)))
    case .jacobian:
      results.append(("jacobian", jacobian(of: score, at: x)))
    }
    self.batch = batch
    program = Program(results)
  }
}

/// The exact divergence of each example's score, from one forward pass for each dimension.
///
/// - Parameters:
///   - score: The score, `[B]` followed by the example's shape.
///   - data: What it is a function of; each example's score depends on that example only.
/// - Returns: The trace of the Jacobian, `[B]`.
public func divergence(of score: Value, at data: Value) -> Value {
  let example = Shape(Array(score.shape.dimensions.dropFirst()))
  return (0..<example.count).reduce(score.graph.constant(0, [score.shape[0]])) { sum, axis in
    var elements = [Float](repeating: 0, count: example.count)
    elements[axis] = 1
    let unit = score.graph.literal(elements, Shape([1] + example.dimensions))
      .broadcast(to: score.shape)
    return sum + (jvp(of: score, at: data, tangent: unit) * unit).summedPerExample()
  }
}
