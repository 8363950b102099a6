public import Autodiff
public import Networks

/// The program of a classifier in evaluation: logits and likelihood scores of noisy data.
///
/// Inputs are `x` (noisy data), `noise` (what the network is told), `label`, and the classifier's
/// parameters. Results: `logits`, `[B, K]`, `cross_entropy`, `[B]`, and `gradient`, of the shape of
/// `x`: the gradient of the logarithm of the labelled class's probability.
public struct ClassifierProgram: Sendable {
  /// The number of examples of a run.
  public let batch: Int
  /// What runs.
  public let program: Program

  /// Builds the program.
  ///
  /// - Parameters:
  ///   - classifier: The classifier.
  ///   - batch: The number B of examples of a run.
  ///   - differentiates: Whether the gradient is a result.
  public init(_ classifier: Classifier, batch: Int, differentiates: Bool = true) {
    let graph = Graph()
    let network = classifier.network
    let x = graph.input(ProgramInput.data, Shape([batch] + network.exampleShape.dimensions))
    let logits = network.logits(
      x, noise: graph.input(ProgramInput.condition, [batch]),
      parameters: ParameterValues(inputsOf: graph), statistics: nil)
    let choice = classifier.choice(graph.input(ProgramInput.label, [batch]))
    var results = [
      (name: "logits", value: logits),
      (name: "cross_entropy", value: -(logSoftmax(logits, axis: 1) * choice).summedPerExample()),
    ]
    if differentiates {
      results.append(("gradient", classifier.gradient(logits, at: x, choice: choice)))
    }
    self.batch = batch
    program = Program(results)
  }
}
