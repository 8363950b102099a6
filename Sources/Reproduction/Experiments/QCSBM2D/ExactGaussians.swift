import Autodiff
import Evaluation
import Foundation
import Networks
import Scores

/// The exact score of the 8-Gaussian density under VE noise, as a network without parameters.
///
/// With centres c_i and variance v it is `sum_i w_i (c_i - x) / (v + sigma^2)`, the weights a
/// softmax of `-|x - c_i|^2 / (2 (v + sigma^2))`.
struct ExactGaussians: Network {
  /// The variance of each Gaussian.
  static let variance: Float = 0.5
  /// The distance of the centres from the origin.
  static let radius = 4 * 2.0.squareRoot()

  var parameters: [Parameter] { [] }
  var exampleShape: Shape { [2] }

  /// The model under the process of the experiment.
  static func model(_ sde: any SDE) throws -> (model: DiffusionModel, weights: ModelWeights) {
    let network = ExactGaussians()
    return (
      DiffusionModel(
        ScoreModel(network: network, conversion: .direct), sde: sde, condition: .sigma),
      try ModelWeights(of: network) { _, _ in }
    )
  }

  func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    let batch = x.shape[0]
    let precision = reciprocal(square(noise) + Self.variance).reshaped(to: [batch, 1])
    let centres = (0..<8).flatMap { index -> [Float] in
      let angle = Double(index) * .pi / 4
      return [Float(Self.radius * cos(angle)), Float(Self.radius * sin(angle))]
    }
    // All centres have the same norm, so that of the squared distances only x . c_i counts.
    let table = x.graph.literal(centres, [8, 2])
    let products = matrixProduct(x, table, transposeSecond: true) * precision
    return (matrixProduct(softmax(products, axis: 1), table) - x) * precision
  }
}
