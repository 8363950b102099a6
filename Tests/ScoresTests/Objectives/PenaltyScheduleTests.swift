import Autodiff
import Execution
import Networks
import Scores
import TestSupport
import Testing

/// A penalty on some steps or examples only: what is computed, and that the mean gradient stays.
@Suite struct PenaltyScheduleTests {
  private let model = ScoreModel(
    network: Autoencoder(dimension: 3, activation: .sigmoid), conversion: .residual)
  private let penalty = QuasiConservative(estimator: .skew, strength: 0.25, probes: 2)

  private func inputs(examples: [Int]) -> [String: [Double]] {
    func rows(_ seed: UInt64) -> [Double] {
      let elements = uniformElements(12, seed: seed)
      return examples.flatMap { elements[3 * $0..<3 * $0 + 3] }
    }
    func numbers(_ seed: UInt64) -> [Double] {
      let elements = uniformElements(4, in: 0.5...2, seed: seed)
      return examples.map { elements[$0] }
    }
    let parameters = Dictionary(
      uniqueKeysWithValues: model.network.parameters.enumerated().map {
        ($1.name, $1.initialValues(seed: 3, index: $0).map(Double.init))
      })
    return [
      "x": rows(1), "z": rows(2), "v0": rows(3), "v1": rows(4), "mean_factor": numbers(5),
      "std": numbers(6), "noise": numbers(6), "weight": numbers(7),
    ].merging(parameters) { first, _ in first }
  }

  private func results(
    _ objective: Objective, examples: [Int] = [0, 1, 2, 3], globalBatch: Int = 4
  ) throws -> [String: [Double]] {
    let training = TrainingProgram(
      model, objective: objective, batch: examples.count, globalBatch: globalBatch)
    return try ReferenceEvaluator(inputs(examples: examples)).evaluate(training.program)
  }

  /// `left + factor * right` for the gradients of all parameters.
  private func gradients(
    _ left: [String: [Double]], plus factor: Double = 0, times right: [String: [Double]]? = nil
  ) -> [Double] {
    model.network.trainableParameters.flatMap { parameter -> [Double] in
      let name = TrainingProgram.gradientName(of: parameter)
      let added = right?[name] ?? left[name] ?? []
      return zip(left[name] ?? [], added).map { $0 + factor * $1 }
    }
  }

  private func scheduled(interval: Int = 1, fraction: Double = 1) -> Objective {
    Objective(
      denoising: DenoisingScoreMatching(isWeighted: true), penalty: penalty,
      schedule: PenaltySchedule(interval: interval, fraction: fraction))
  }

  private let denoisingAlone = Objective(denoising: DenoisingScoreMatching(isWeighted: true))

  @Test(arguments: [2, 3, 7])
  func penaltyOfSomeStepsCountsForTheStepsBetween(interval: Int) throws {
    let objective = scheduled(interval: interval)
    let between = try #require(objective.betweenPenalties)
    #expect(between == denoisingAlone)
    let dsm = try results(between)
    let both = try results(objective)
    let regularizer = try results(Objective(denoising: nil, penalty: penalty))
    let expected = gradients(dsm, plus: Double(interval), times: regularizer)
    #expect(gradients(regularizer).contains { abs($0) > 1e-3 })
    #expect(
      comparison("step", found: gradients(both), expected: expected, tolerance: 1e-13) == [])
    #expect(both["regularizer"] == regularizer["regularizer"])

    // Over a cycle the mean gradient is that of a penalty in every step.
    let mean = gradients(
      gradients(both).map { $0 / Double(interval) },
      plus: Double(interval - 1) / Double(interval), gradients(dsm))
    #expect(
      comparison(
        "mean", found: mean, expected: gradients(try results(scheduled())), tolerance: 1e-13) == [])
  }

  private func gradients(_ left: [Double], plus factor: Double, _ right: [Double]) -> [Double] {
    zip(left, right).map { $0 + factor * $1 }
  }

  @Test(arguments: [(0.5, 2), (0.25, 1), (0.7, 3)])
  func penaltyOfSomeExamplesIsTheirsAloneMadeLarger(fraction: Double, count: Int) throws {
    let examples = Array(0..<count)
    let part = try results(scheduled(fraction: fraction))
    let dsm = try results(denoisingAlone)
    let theirs = try results(
      Objective(denoising: nil, penalty: penalty), examples: examples, globalBatch: count)
    let expected = gradients(dsm, plus: 1, times: theirs)
    #expect(
      comparison("gradient", found: gradients(part), expected: expected, tolerance: 1e-13) == [])
    #expect(part["dsm_examples"] == dsm["dsm_examples"])
    #expect(part["regularizer_examples"] == theirs["regularizer_examples"])
    let (found, mean) = (part["regularizer"]?[0] ?? .nan, theirs["regularizer"]?[0] ?? .nan)
    #expect(abs(found - mean) < 1e-13 * mean)
  }

  @Test func everyExampleOnceInThePenalizedPartGivesTheFullGradient() throws {
    // The four rotations of the batch put each example into the first half twice.
    let turns = try (0..<4).map { turn in
      gradients(
        try results(scheduled(fraction: 0.5), examples: (0..<4).map { ($0 + turn) % 4 }))
    }
    let mean = turns[0].indices.map { index in turns.reduce(0) { $0 + $1[index] } / 4 }
    let full = gradients(try results(scheduled()))
    #expect(comparison("mean", found: mean, expected: full, tolerance: 1e-13) == [])
    #expect(turns.contains { comparison("one", found: $0, expected: full, tolerance: 1e-3) != [] })
  }

  @Test func bothFactorsMultiply() throws {
    let both = try results(scheduled(interval: 3, fraction: 0.5))
    let (dsm, half) = (try results(denoisingAlone), try results(scheduled(fraction: 0.5)))
    // 3 half - 2 dsm = dsm + 3 (half - dsm).
    let expected = gradients(gradients(half).map { 3 * $0 }, plus: -2, gradients(dsm))
    #expect(
      comparison("gradient", found: gradients(both), expected: expected, tolerance: 1e-13) == [])
  }

  @Test func graphOfThePenaltyHasTheSmallerBatchOnly() {
    let program = TrainingProgram(
      model, objective: scheduled(fraction: 0.25), batch: 4, globalBatch: 4
    ).program
    let names = Dictionary(uniqueKeysWithValues: program.results.map { ($0.name, $0.shape) })
    #expect(names["dsm_examples"] == [4] && names["regularizer_examples"] == [1])
    func products(_ program: Program) -> Int {
      program.nodes.reduce(0) { sum, node in
        guard case .matrixProduct(let isTransposed, _) = node.primitive else { return sum }
        let first = program.nodes[node.operands[0]].shape
        return sum + node.shape.count * first[first.rank - (isTransposed ? 2 : 1)]
      }
    }
    func cost(_ objective: Objective, _ batch: Int) -> Int {
      products(
        TrainingProgram(model, objective: objective, batch: batch, globalBatch: 4).program)
    }
    #expect(products(program) == cost(scheduled(), 1) + cost(denoisingAlone, 3))
  }

  @Test func splitBatchOfTheExecutorHasTheNoiseAndDropoutOfEachExample() throws {
    var configuration = NCSNppConfiguration(
      imageSize: 8, imageChannels: 1, width: 16, channelMultipliers: [1, 1], residualBlocks: 1)
    (configuration.dropout, configuration.attentionResolutions) = (0.5, [4])
    configuration.initialScale = 1
    let model = ScoreModel(network: try NCSNpp(configuration), conversion: .direct)
    func run(_ schedule: PenaltySchedule) throws -> (dsm: [Double], regularizer: [Double]) {
      let objective = Objective(penalty: penalty, schedule: schedule)
      let program = TrainingProgram(model, objective: objective, batch: 3, globalBatch: 3).program
      let executable = try Executable(program)
      let parameters = Dictionary(
        uniqueKeysWithValues: model.network.parameters.enumerated().map {
          ($1.name, $1.initialValues(seed: 3, index: $0))
        })
      for port in program.inputs {
        let seed = port.name.utf8.reduce(UInt64(0)) { 31 &* $0 &+ UInt64($1) }
        let uniform = uniformElements(port.shape.count, in: 0.5...2, seed: seed).map(Float.init)
        let keys = (0..<6).map { Float(bitPattern: UInt32($0) &* 2_654_435_769) }
        executable.setInput(
          port.name, to: parameters[port.name] ?? (port.name == "dropout_keys" ? keys : uniform))
      }
      try executable.run()
      return (
        executable.result("dsm_examples").map(Double.init),
        executable.result("regularizer_examples").map(Double.init)
      )
    }
    let (whole, part) = (try run(PenaltySchedule()), try run(PenaltySchedule(fraction: 0.3)))
    #expect(comparison("dsm", found: part.dsm, expected: whole.dsm, tolerance: 1e-5) == [])
    #expect(
      comparison(
        "regularizer", found: part.regularizer, expected: [whole.regularizer[0]], tolerance: 1e-4)
        == [])
  }

  @Test func stepsAreAFunctionOfTheirNumber() {
    let schedule = PenaltySchedule(interval: 3)
    #expect((1...9).filter(schedule.isDue) == [3, 6, 9])
    #expect((1...9).allSatisfy(PenaltySchedule().isDue))
    #expect(Objective(penalty: penalty).betweenPenalties == nil)
    #expect(Objective(schedule: schedule).betweenPenalties == nil)
  }

  @Test(arguments: [(0.5, 3, 2), (0.5, 1, 1), (0.1, 16, 2), (1, 7, 7), (0.01, 8, 1)])
  func fractionIsRoundedToWholeExamples(fraction: Double, batch: Int, expected: Int) {
    #expect(PenaltySchedule(fraction: fraction).examples(of: batch) == expected)
  }
}
