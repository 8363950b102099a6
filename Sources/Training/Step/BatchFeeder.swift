public import Datasets
import Randomness
public import RunConfiguration
public import Scores

/// Fills the inputs of training programs with examples, noise and probes.
///
/// What an example of the global batch gets is a pure function of (seed, step, its index in the
/// global batch), so that any number of ranks and any micro-batch see the same.
public struct BatchFeeder {
  private let dataset: any Dataset
  private let schedule: NoiseSchedule
  private let settings: RunSettings
  private var order: ExampleOrder

  /// Feeds from a data set.
  ///
  /// - Parameters:
  ///   - dataset: The training examples.
  ///   - settings: The settings of the run.
  /// - Throws: `ScoresError` if the numbers of the process do not fit together.
  public init(_ dataset: any Dataset, settings: RunSettings) throws(ScoresError) {
    self.dataset = dataset
    self.settings = settings
    schedule = try NoiseSchedule(settings)
    order = ExampleOrder(
      count: dataset.count, seed: settings.seed,
      flips: settings.dataset.flip && dataset.isImages)
  }

  /// Fills a micro-batch.
  ///
  /// - Parameters:
  ///   - batch: The inputs.
  ///   - step: The number of the step, from 0.
  ///   - start: The index of the first example in the global batch.
  public mutating func fill(_ batch: MicroBatch, step: Int, startingAt start: Int) {
    for index in 0..<batch.count {
      let draw = Draw(seed: settings.seed, step: step, example: start + index)
      if let data = batch.data {
        let entry = order.entry(at: step * settings.training.globalBatch + start + index)
        copyExample(entry, draw, into: batch.example(index, of: data))
        batch.labels?[index] = Float(dataset.label(entry.index))
      }
      fillNoise(of: index, draw, in: batch)
      fillProbes(of: index, draw, in: batch)
      if let keys = batch.dropoutKeys {
        let words = draw.stream(.dropout).words(at: 0)
        keys[2 * index] = Float(bitPattern: words[0])
        keys[2 * index + 1] = Float(bitPattern: words[1])
      }
    }
  }

  private func copyExample(
    _ entry: ExampleOrder.Entry, _ draw: Draw, into out: UnsafeMutableBufferPointer<Float>
  ) {
    dataset.copyExample(entry.index, flipped: entry.flipped, into: out)
    guard dataset.isImages else { return }
    if settings.dataset.dequantize {
      // A pixel stands for an interval: (255 x + u) / 256, u uniform on [0, 1).
      let uniform = draw.stream(.dequantization).uniform(count: out.count)
      for index in out.indices { out[index] = (255 * out[index] + uniform[index]) / 256 }
    }
    if settings.model.centered {
      for index in out.indices { out[index] = 2 * out[index] - 1 }
    }
  }

  private func fillNoise(of index: Int, _ draw: Draw, in batch: MicroBatch) {
    if let noise = batch.noise { draw.stream(.noise).fillNormal(batch.example(index, of: noise)) }
    let uniform = draw.stream(.time).uniformDouble(count: 1)[0]
    let time = schedule.time(at: uniform)
    for (input, values) in batch.levels { values[index] = schedule.value(of: input, at: time) }
  }

  // All probes of an example are one draw: the stream of one continues in the next.
  private func fillProbes(of index: Int, _ draw: Draw, in batch: MicroBatch) {
    guard !batch.probes.isEmpty else { return }
    let size = dataset.exampleSize
    let stream = draw.stream(.probe)
    let count = size * batch.probes.count
    let values =
      settings.regularizer.probe == .rademacher
      ? stream.rademacher(count: count) : stream.normal(count: count)
    for (number, probe) in batch.probes.enumerated() {
      _ = batch.example(index, of: probe).update(
        fromContentsOf: values[number * size..<(number + 1) * size])
    }
  }
}

/// The random streams of one example of one step.
private struct Draw {
  let seed: UInt64
  let step: Int
  let example: Int

  func stream(_ purpose: RandomPurpose) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, step: UInt64(step), example: UInt64(example))
  }
}
