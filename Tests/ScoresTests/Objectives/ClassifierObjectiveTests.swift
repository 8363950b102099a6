import Autodiff
import Networks
import Scores
import TestSupport
import Testing

/// Losses and double-backward gradients of classifiers against the reference implementation, in
/// double precision; VerificationTests has them from the executor.
@Suite struct ClassifierObjectiveTests {
  private let network = ConditionedMLP()

  private static let objectives: [(String, ClassifierObjective)] = [
    ("dlsm", ClassifierObjective(likelihood: DenoisingLikelihood())),
    ("ce", ClassifierObjective(crossEntropy: CrossEntropy())),
    (
      "total",
      ClassifierObjective(
        likelihood: DenoisingLikelihood(), crossEntropy: CrossEntropy(strength: 0.125))
    ),
  ]

  @Test(arguments: 0..<3) func toyLossesAreTheReferenceImplementations(_ index: Int) throws {
    let (name, objective) = Self.objectives[index]
    let reference = try ReferenceCase("toy_dlsm")
    let results = try results(reference, objective, .shifted, 0..<64)
    var failures = [
      try reference.relativeError(of: results["loss"] ?? [], against: "out/loss_\(name)")
    ]
    for parameter in network.trainableParameters {
      failures.append(
        try reference.relativeError(
          of: results["gradient/\(parameter.name)"] ?? [],
          against: "grad_\(name)/\(parameter.name)"))
    }
    #expect(failures.allSatisfy { $0 < 0.2 }, "\(failures)")
  }

  @Test func partsOfABatchAddUpToTheWhole() throws {
    let reference = try ReferenceCase("toy_dlsm")
    let objective = Self.objectives[2].1
    let whole = try results(reference, objective, .exact, 0..<64)
    let parts = [
      try results(reference, objective, .exact, 0..<16),
      try results(reference, objective, .exact, 16..<64),
    ]
    for name in whole.keys where !name.hasSuffix("_examples") {
      let sum = zip(parts[0][name] ?? [], parts[1][name] ?? []).map(+)
      #expect(comparison(name, found: sum, expected: whole[name] ?? [], tolerance: 1e-6) == [])
    }
  }

  @Test func theExactLogarithmDiffersWhereTheReferencesGradientDies() throws {
    let graph = Graph()
    let x = graph.input("x", [1, 2])
    // Logits 0 and 30 x_0: the first class has probability e^-30 at x_0 = 1.
    let logits = concatenate(
      [x.sliced(start: [0, 0], size: [1, 1]) * 0, x.sliced(start: [0, 0], size: [1, 1]) * 30],
      axis: 1)
    let gradients = try [ClassLogarithm.exact, .shifted].map { logarithm in
      let classifier = Classifier(network: network, logarithm: logarithm)
      let choice = classifier.choice(graph.literal([0], [1]))
      return try ReferenceEvaluator(["x": [1, 0]]).evaluate(
        classifier.gradient(logits, at: x, choice: choice))[0]
    }
    #expect(abs(gradients[0] + 30) < 1e-9)
    #expect(abs(gradients[1]) < 1e-3)
  }

  @Test func weightsOfTheNoiseLevelMultiplyTheLosses() throws {
    let graph = Graph()
    let std = graph.literal([0.5, 2], [2])
    let noise = graph.literal([1, 2, 3, 4], [2, 2])
    let score = graph.literal([1, -1, 2, -2], [2, 2])
    for power in 0...2 {
      let losses = try ReferenceEvaluator().evaluate(
        DenoisingLikelihood(noisePower: power).losses(
          likelihoodScore: score, priorScore: score * 0.5, noise: noise, standardDeviation: std))
      let residuals = [(1.5 + 2.0, -1.5 + 4.0), (3 + 1.5, -3 + 2.0)]
      for (index, sigma) in [0.5, 2].enumerated() {
        let weight = (0..<2 * power).reduce(1.0) { product, _ in product * sigma }
        let (a, b) = residuals[index]
        #expect(abs(losses[index] - 0.25 * weight * (a * a + b * b)) < 1e-9)
      }
    }
    let logits = graph.literal([0, 0, 0, 0], [2, 2])
    let choice = graph.literal([1, 0, 1, 0], [2, 2])
    let entropies = try ReferenceEvaluator().evaluate(
      CrossEntropy(noisePower: 1).losses(logits: logits, choice: choice, standardDeviation: std))
    #expect(abs(entropies[0] - 4 * 0.693_147_180_559_945) < 1e-9)
    #expect(abs(entropies[1] - 0.25 * 0.693_147_180_559_945) < 1e-9)
  }

  // The results of a training program on some examples of the case, as a part of all 64.
  private func results(
    _ reference: ReferenceCase, _ objective: ClassifierObjective, _ logarithm: ClassLogarithm,
    _ examples: Range<Int>
  ) throws -> [String: [Double]] {
    var inputs = try reference.tensors(under: "classifier/")
    for (name, values) in try reference.tensors(under: "score/") {
      inputs["prior/" + name] = values
    }
    func rows(_ name: String, width: Int) throws -> [Double] {
      Array(try reference.doubles(name)[examples.lowerBound * width..<examples.upperBound * width])
    }
    inputs["x"] = try rows("in/x", width: 2)
    inputs["z"] = try rows("in/z", width: 2)
    inputs["label"] = try rows("in/y", width: 1)
    let process = try VE(sigmaMin: 0.001, sigmaMax: 10)
    inputs["std"] = try rows("in/uniform", width: 1).map(process.std)
    inputs["noise"] = inputs["std"]
    inputs["mean_factor"] = [Double](repeating: 1, count: examples.count)
    let training = TrainingProgram(
      Classifier(network: network, logarithm: logarithm), objective: objective,
      prior: .model(ScoreModel(network: network, conversion: .direct)), batch: examples.count,
      globalBatch: 64)
    return try ReferenceEvaluator(inputs).evaluate(training.program)
  }
}
