import Randomness

/// The standard normal numbers of a sampler, a pure function of seed, purpose, step and sample.
struct SamplerNoise {
  let seed: UInt64
  /// Global indices of the samples.
  let examples: Range<Int>
  let dimensions: Int

  /// The starting points, flat [B, D].
  func priorSample(std: Double) -> [Float] {
    var states = [Float](repeating: 0, count: examples.count * dimensions)
    fill(&states, purpose: .prior, step: 0)
    return states.map { Float(std * Double($0)) }
  }

  /// Fills a flat batch [B, D], each sample from a stream of its own.
  func fill(_ values: inout [Float], purpose: RandomPurpose, step: Int) {
    values.withUnsafeMutableBufferPointer { buffer in
      for (row, example) in examples.enumerated() {
        let stream = RandomStream(
          seed: seed, purpose: purpose, step: UInt64(step), example: UInt64(example))
        stream.fillNormal(
          UnsafeMutableBufferPointer(
            rebasing: buffer[row * dimensions..<(row + 1) * dimensions]))
      }
    }
  }
}
