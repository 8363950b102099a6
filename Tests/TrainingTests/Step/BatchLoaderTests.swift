import Datasets
import RunConfiguration
import Scores
import Testing

@testable import Training

/// What the loader prepares is what the feeder fills, whatever step is asked for.
@Suite struct BatchLoaderTests {
  private static let examples = 6

  private static let settings: RunSettings = {
    var settings = RunSettings()
    settings.dataset.kind = .eightGaussians
    settings.training.globalBatch = 12
    return settings
  }()

  private let points = ToyDensity(.eightGaussians, count: 50, seed: 1)

  private func makeInputs() -> StepInputs {
    let sizes = [
      ProgramInput.data: 2, ProgramInput.noise: 2, ProgramInput.probe(0): 2,
      ProgramInput.meanFactor: 1, ProgramInput.standardDeviation: 1, ProgramInput.dropoutKeys: 2,
    ]
    return StepInputs(count: Self.examples, probes: 1) { sizes[$0] }
  }

  private func bits(_ batch: MicroBatch) -> [[UInt32]] {
    let inputs = [
      batch.data, batch.noise, batch.levels[.meanFactor], batch.levels[.standardDeviation],
      batch.dropoutKeys,
      batch.probes[0],
    ]
    return inputs.map { $0?.map(\.bitPattern) ?? [] }
  }

  private func makeLoader() throws -> BatchLoader {
    try BatchLoader(
      BatchFeeder(points, settings: Self.settings), startingAt: 6, makeInputs: makeInputs)
  }

  @Test("Steps in a row, left out, repeated and of other epochs have the bits of the feeder")
  func bitsAreThoseOfTheFeeder() throws {
    let loader = try makeLoader()
    for step in [0, 1, 2, 3, 17, 18, 5, 5, 6, 0] {
      var feeder = try BatchFeeder(points, settings: Self.settings)
      let expected = makeInputs()
      feeder.fill(expected.batch, step: step, startingAt: 6)
      let found = bits(try loader.inputs(ofStep: step))
      #expect(found == bits(expected.batch), "step \(step)")
      #expect(found.allSatisfy { !$0.isEmpty })
    }
  }

  @Test("The next step is prepared without a word, and the present one is left alone")
  func nextStepIsPrepared() throws {
    var made: [StepInputs] = []
    var loader: BatchLoader? = try BatchLoader(
      BatchFeeder(points, settings: Self.settings), startingAt: 6
    ) {
      made.append(makeInputs())
      return made[made.count - 1]
    }
    _ = try loader?.inputs(ofStep: 4)
    // It ends with what it has begun.
    loader = nil
    var feeder = try BatchFeeder(points, settings: Self.settings)
    let expected = (4...5).map { step in
      let inputs = makeInputs()
      feeder.fill(inputs.batch, step: step, startingAt: 6)
      return bits(inputs.batch)
    }
    #expect(Set(made.map { bits($0.batch) }) == Set(expected))
  }

  @Test("A micro-batch is copied from its place")
  func microBatchesAreCopied() throws {
    var feeder = try BatchFeeder(points, settings: Self.settings)
    let (whole, part) = (makeInputs(), makeInputs())
    feeder.fill(whole.batch, step: 3, startingAt: 0)
    let small = MicroBatch(count: 2, probes: 0) { name in
      name == ProgramInput.data ? part.batch.data.map { .init(rebasing: $0[..<4]) } : nil
    }
    small.copy(from: whole.batch, startingAt: 4)
    #expect(small.data.map(Array.init) == whole.batch.data.map { Array($0[8..<12]) })
  }
}
