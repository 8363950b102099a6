import Datasets
import RunConfiguration
import Scores
import Testing
import Training

/// What examples, noise and probes a step sees, whoever asks for which part of it.
@Suite struct BatchFeederTests {
  /// Memory for all inputs of a micro-batch.
  private final class Inputs {
    var buffers: [String: FlatBuffer] = [:]
    let batch: MicroBatch

    init(count: Int, size: Int, probes: Int = 2) {
      for name in [
        ProgramInput.meanFactor, ProgramInput.standardDeviation, ProgramInput.condition,
        ProgramInput.weight,
      ] {
        buffers[name] = FlatBuffer(count: count)
      }
      buffers[ProgramInput.dropoutKeys] = FlatBuffer(count: 2 * count)
      for name in [ProgramInput.data, ProgramInput.noise] + (0..<probes).map(ProgramInput.probe) {
        buffers[name] = FlatBuffer(count: size * count)
      }
      let buffers = self.buffers
      batch = MicroBatch(count: count, probes: probes) { buffers[$0]?.values }
    }

    func bits(_ name: String) -> [UInt32] { buffers[name]?.values.map(\.bitPattern) ?? [] }
    func values(_ name: String) -> [Float] { buffers[name].map { Array($0.values) } ?? [] }
  }

  private func toySettings() -> RunSettings {
    var settings = RunSettings()
    settings.dataset.kind = .eightGaussians
    settings.sde.sigmaMin = 0.1
    settings.sde.sigmaMax = 3
    settings.training.globalBatch = 12
    return settings
  }

  private let points = ToyDensity(.eightGaussians, count: 50, seed: 1)

  @Test(arguments: [1, 2, 3, 6])
  func splittingABatchChangesNothing(count: Int) throws {
    var feeder = try BatchFeeder(points, settings: toySettings())
    let whole = Inputs(count: 12, size: 2)
    feeder.fill(whole.batch, step: 5, startingAt: 0)
    var parts: [String: [UInt32]] = [:]
    for start in stride(from: 0, to: 12, by: count) {
      let part = Inputs(count: count, size: 2)
      var feeder = try BatchFeeder(points, settings: toySettings())
      feeder.fill(part.batch, step: 5, startingAt: start)
      for name in part.buffers.keys { parts[name, default: []] += part.bits(name) }
    }
    for name in whole.buffers.keys { #expect(parts[name] == whole.bits(name), "\(name)") }
  }

  @Test func stepsAndExamplesDrawDifferentNumbers() throws {
    var feeder = try BatchFeeder(points, settings: toySettings())
    let (first, second) = (Inputs(count: 12, size: 2), Inputs(count: 12, size: 2))
    feeder.fill(first.batch, step: 0, startingAt: 0)
    feeder.fill(second.batch, step: 1, startingAt: 0)
    for name in [ProgramInput.noise, ProgramInput.standardDeviation, ProgramInput.dropoutKeys] {
      let values = first.bits(name)
      #expect(Set(values).count == values.count, "\(name)")
      #expect(Set(values).isDisjoint(with: second.bits(name)), "\(name)")
    }
  }

  @Test func levelsAreThoseOfTheProcessAtUniformTimes() throws {
    var settings = toySettings()
    settings.sde.timeEpsilon = 0
    var feeder = try BatchFeeder(points, settings: settings)
    let inputs = Inputs(count: 4000, size: 2)
    feeder.fill(inputs.batch, step: 0, startingAt: 0)
    let sigmas = inputs.values(ProgramInput.standardDeviation)
    #expect(inputs.values(ProgramInput.condition) == sigmas)
    #expect(inputs.values(ProgramInput.meanFactor).allSatisfy { $0 == 1 })
    let process = try settings.process()
    let middle = Float(process.std(at: 0.5))
    let below = sigmas.filter { $0 < middle }.count
    // Half of 4,000 fair draws lie within five standard deviations of 2,000.
    #expect(abs(below - 2000) < 158)
    #expect(sigmas.allSatisfy { $0 >= 0.1 && $0 < 3 })
  }

  @Test func probesAreRademacherAndDifferFromEachOther() throws {
    var feeder = try BatchFeeder(points, settings: toySettings())
    let inputs = Inputs(count: 64, size: 2)
    feeder.fill(inputs.batch, step: 0, startingAt: 0)
    let (first, second) = (inputs.values("v0"), inputs.values("v1"))
    #expect(Set(first + second) == [-1, 1])
    #expect(first != second)
  }

  @Test func imagesAreDequantizedAndCentredAsTheSettingsSay() throws {
    struct Grey: Dataset {
      let name = "grey"
      let count = 12
      let shape = [1, 2, 2]
      func copyExample(
        _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
      ) {
        out.update(repeating: 0.2)
      }
    }
    var settings = toySettings()
    settings.dataset.kind = .idx
    var feeder = try BatchFeeder(Grey(), settings: settings)
    let inputs = Inputs(count: 12, size: 4)
    feeder.fill(inputs.batch, step: 0, startingAt: 0)
    #expect(inputs.values("x").allSatisfy { $0 == 0.2 })

    settings.dataset.dequantize = true
    settings.model.centered = true
    feeder = try BatchFeeder(Grey(), settings: settings)
    feeder.fill(inputs.batch, step: 0, startingAt: 0)
    // 0.2 is level 51 of 255, which stands for the interval from 51/256 to 52/256.
    let pixels = inputs.values("x").map { ($0 + 1) / 2 * 256 }
    #expect(pixels.allSatisfy { $0 > 50.99 && $0 < 52.01 })
    #expect(Set(pixels).count == pixels.count)
  }
}
