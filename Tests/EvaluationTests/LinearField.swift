import Autodiff
import Evaluation
import Networks
import Scores

/// A score that is linear in the data, `s(x) = A x`, so that its Jacobian is A everywhere.
struct LinearField: Network {
  let weight: Parameter
  let exampleShape: Shape

  init(dimension: Int) {
    weight = Parameter(name: "A", shape: [dimension, dimension], initialization: .zeros)
    exampleShape = [dimension]
  }

  var parameters: [Parameter] { [weight] }

  func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    matrixProduct(x, parameters[weight], transposeSecond: true)
  }

  /// The model of a matrix under a VE process.
  static func model(_ matrix: [Float]) throws -> (model: DiffusionModel, weights: ModelWeights) {
    let dimension = Int(Double(matrix.count).squareRoot())
    let network = LinearField(dimension: dimension)
    let weights = try ModelWeights(of: network) { _, values in
      _ = values.update(fromContentsOf: matrix)
    }
    let model = DiffusionModel(
      ScoreModel(network: network, conversion: .direct),
      sde: try VE(sigmaMin: 0.1, sigmaMax: 3), condition: .sigma)
    return (model, weights)
  }
}

/// The exact score of `N(0, variance I)` under VE noise, `-x / (variance + sigma^2)`.
struct GaussianField: Network {
  static let variance: Float = 0.25
  var parameters: [Parameter] { [] }
  var exampleShape: Shape { [3] }

  func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    let precision = reciprocal(square(noise) + Self.variance)
    return -x * precision.reshaped(to: [noise.shape[0], 1])
  }

  static func model() throws -> (model: DiffusionModel, weights: ModelWeights) {
    let network = GaussianField()
    let model = DiffusionModel(
      ScoreModel(network: network, conversion: .direct),
      sde: try VE(sigmaMin: 0.01, sigmaMax: 5), condition: .sigma)
    return (model, try ModelWeights(of: network) { _, _ in })
  }
}
