import Autodiff
import Networks
import TestSupport

/// A score model in a graph whose inputs are bound to a reference case.
struct ReferenceModel {
  let reference: ReferenceCase
  let graph = Graph()
  let model: ScoreModel
  let x: Value
  let noise: Value
  let standardDeviation: Value
  let parameters: ParameterValues
  let evaluator: ReferenceEvaluator

  init(_ reference: ReferenceCase, _ model: ScoreModel, noise: [Double]) throws {
    self.reference = reference
    self.model = model
    x = graph.input("x", try reference.shape("in/xt"))
    self.noise = graph.input("noise", [noise.count])
    standardDeviation = graph.input("std", [noise.count])
    parameters = ParameterValues(inputsOf: graph)
    var inputs = try reference.tensors(under: "param/")
    inputs["x"] = try reference.doubles("in/xt")
    inputs["std"] = try reference.doubles("in/std")
    inputs["noise"] = noise
    evaluator = ReferenceEvaluator(inputs)
  }

  func score(recorder: ActivationRecorder? = nil) -> Value {
    model.score(
      x, noise: noise, standardDeviation: standardDeviation, parameters: parameters,
      recorder: recorder)
  }

  func energy() -> Value? {
    model.energy(
      x, noise: noise, standardDeviation: standardDeviation, parameters: parameters)
  }

  /// The error of a value in units of the tolerance of a tensor of the case.
  func error(of value: Value, against name: String) throws -> Double {
    try reference.relativeError(of: evaluator.evaluate(value), against: name)
  }
}
