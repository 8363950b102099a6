import Autodiff
import Networks
import Scores
import TestSupport
import Testing

@Suite struct ProgramTests {
  private let model = ScoreModel(
    network: Autoencoder(dimension: 3, activation: .sigmoid), conversion: .residual)
  private let objective = Objective(
    penalty: QuasiConservative(estimator: .skew, strength: 0.25, probes: 2))

  private var parameters: [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: model.network.parameters.enumerated().map {
        ($1.name, $1.initialValues(seed: 3, index: $0).map(Double.init))
      })
  }

  private func inputs(examples: Range<Int>) -> [String: [Double]] {
    func rows(_ seed: UInt64) -> [Double] {
      Array(uniformElements(12, seed: seed)[examples.lowerBound * 3..<examples.upperBound * 3])
    }
    func numbers(_ seed: UInt64) -> [Double] {
      Array(uniformElements(4, in: 0.5...2, seed: seed)[examples])
    }
    return [
      "x": rows(1), "z": rows(2), "v0": rows(3), "v1": rows(4), "mean_factor": numbers(5),
      "std": numbers(6), "noise": numbers(6), "weight": numbers(7),
    ].merging(parameters) { first, _ in first }
  }

  @Test func sumOverMicroBatchesIsTheGlobalMean() throws {
    let whole = TrainingProgram(model, objective: objective, batch: 4, globalBatch: 4)
    let half = TrainingProgram(model, objective: objective, batch: 2, globalBatch: 4)
    let expected = try ReferenceEvaluator(inputs(examples: 0..<4)).evaluate(whole.program)
    let parts = try [0..<2, 2..<4].map {
      try ReferenceEvaluator(inputs(examples: $0)).evaluate(half.program)
    }
    for (name, value) in expected {
      let found = zip(parts[0][name] ?? [], parts[1][name] ?? [])
      if name.hasSuffix("_examples") {
        #expect((parts[0][name] ?? []) + (parts[1][name] ?? []) == value)
      } else {
        #expect(
          comparison(name, found: found.map { $0 + $1 }, expected: value, tolerance: 1e-13) == [])
      }
    }
    let means = ["dsm", "regularizer"].map { expected[$0 + "_examples"]?.reduce(0, +) ?? .nan }
    let loss = (means[0] + 0.25 * means[1]) / 4
    #expect(abs((expected["loss"]?[0] ?? .nan) - loss) < 1e-12 * loss)
  }

  @Test func gradientsMatchDifferences() throws {
    let program = TrainingProgram(model, objective: objective, batch: 2, globalBatch: 2).program
    let base = inputs(examples: 1..<3)
    let results = try ReferenceEvaluator(base).evaluate(program)
    func loss(_ name: String, moved step: Double) throws -> Double {
      var evaluator = ReferenceEvaluator(base)
      evaluator.inputs[name]?[0] += step
      return try evaluator.evaluate(program)["loss"]?[0] ?? .nan
    }
    for parameter in model.network.trainableParameters {
      let slope =
        try (loss(parameter.name, moved: 1e-4) - loss(parameter.name, moved: -1e-4)) / 2e-4
      let found = results[TrainingProgram.gradientName(of: parameter)]?[0] ?? .nan
      #expect(abs(found - slope) < 1e-6 * max(1, abs(slope)), "\(parameter.name)")
    }
  }

  @Test func inputsAreOnlyThoseThatTheObjectiveNeeds() {
    let names = Set(model.network.parameters.map(\.name))
    func inputs(_ objective: Objective) -> Set<String> {
      let program = TrainingProgram(model, objective: objective, batch: 2, globalBatch: 2).program
      return Set(program.inputs.map(\.name)).subtracting(names)
    }
    // The autoencoder is not told about the noise.
    let common: Set = ["x", "z", "mean_factor", "std"]
    #expect(inputs(Objective()) == common)
    #expect(inputs(objective) == common.union(["v0", "v1"]))
    let weighted = Objective(denoising: DenoisingScoreMatching(isWeighted: true))
    #expect(inputs(weighted) == common.union(["weight"]))
  }

  @Test func networksWithDropoutReadKeysInTrainingOnly() throws {
    var configuration = NCSNppConfiguration(
      imageSize: 8, imageChannels: 1, width: 4, channelMultipliers: [1], residualBlocks: 1)
    configuration.dropout = 0.1
    configuration.attentionResolutions = []
    let model = ScoreModel(network: try NCSNpp(configuration), conversion: .direct)
    let training = TrainingProgram(model, objective: Objective(), batch: 2, globalBatch: 2)
    #expect(training.program.inputs.contains { $0.name == "dropout_keys" && $0.shape == [2, 2] })
    let evaluation = EvaluationProgram(model, batch: 2)
    #expect(!evaluation.program.inputs.contains { $0.name == "dropout_keys" })
  }

  @Test func scoreProgramsAgreeWithEvaluation() throws {
    var bound = inputs(examples: 0..<2)
    bound["mean_factor"] = [1, 1]
    bound["z"] = [Double](repeating: 0, count: 6)
    let evaluator = ReferenceEvaluator(bound)
    let plain = try evaluator.evaluate(ScoreProgram(model, batch: 2).program)
    let product = try evaluator.evaluate(ScoreProgram(model, batch: 2, with: .product).program)
    let divergence = try evaluator.evaluate(
      ScoreProgram(model, batch: 2, with: .divergence).program)
    #expect(plain["score"] == product["score"] && plain["score"] == divergence["score"])
    #expect(divergence["divergence"]?.count == 2)
    let evaluation = try evaluator.evaluate(
      EvaluationProgram(model, denoising: DenoisingScoreMatching(reduction: .sum), batch: 2).program
    )
    let (scores, std) = (plain["score"] ?? [], bound["std"] ?? [])
    let expected = (0..<2).map { example -> Double in
      let row = scores[example * 3..<example * 3 + 3]
      return row.map { $0 * $0 }.reduce(0, +) * std[example] * std[example]
    }
    #expect(
      comparison("dsm", found: evaluation["dsm"] ?? [], expected: expected, tolerance: 1e-14) == [])
  }

  @Test func estimatedAsymmetryFormsDifferByTheirNoiseOnly() throws {
    let evaluator = ReferenceEvaluator(inputs(examples: 0..<4))
    let estimates = try evaluator.evaluate(EvaluationProgram(model, batch: 4).program)
    let exact = try evaluator.evaluate(EvaluationProgram(model, batch: 4, isExact: true).program)
    let asym = zip(exact["trace_JJt"] ?? [], exact["trace_JJ"] ?? []).map { $0 - $1 }
    #expect(comparison("asym", found: exact["skew"] ?? [], expected: asym, tolerance: 1e-13) == [])
    #expect((estimates["skew"] ?? []).allSatisfy { $0 >= 0 })
    #expect(estimates["trace_JJ"] != exact["trace_JJ"])
  }
}
