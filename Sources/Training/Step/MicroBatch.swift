import Scores

/// The memory of a training program's inputs for one micro-batch.
///
/// An input that the program does not read is nil.
public struct MicroBatch {
  let count: Int
  let data: UnsafeMutableBufferPointer<Float>?
  let noise: UnsafeMutableBufferPointer<Float>?
  /// The inputs that follow from each example's time.
  let levels: [LevelInput: UnsafeMutableBufferPointer<Float>]
  let dropoutKeys: UnsafeMutableBufferPointer<Float>?
  let labels: UnsafeMutableBufferPointer<Float>?
  let probes: [UnsafeMutableBufferPointer<Float>]

  /// Looks the inputs up.
  ///
  /// - Parameters:
  ///   - count: The number of examples.
  ///   - probes: The number of probes for each example.
  ///   - lookup: The memory of an input by its name in `ProgramInput`.
  public init(
    count: Int, probes: Int, lookup: (String) -> UnsafeMutableBufferPointer<Float>?
  ) {
    self.count = count
    data = lookup(ProgramInput.data)
    noise = lookup(ProgramInput.noise)
    levels = LevelInput.allCases.reduce(into: [:]) { $0[$1] = lookup($1.rawValue) }
    dropoutKeys = lookup(ProgramInput.dropoutKeys)
    labels = lookup(ProgramInput.label)
    self.probes = (0..<probes).compactMap { lookup(ProgramInput.probe($0)) }
  }

  /// Takes over the inputs of some examples of a larger batch with the same inputs.
  ///
  /// - Parameters:
  ///   - whole: The larger batch.
  ///   - start: The index of the first example in it.
  func copy(from whole: MicroBatch, startingAt start: Int) {
    precondition(start + count <= whole.count, "\(count) examples at \(start) of \(whole.count)")
    for case (let mine?, let all?) in zip(buffers, whole.buffers) {
      let offset = start * (mine.count / count)
      _ = mine.update(fromContentsOf: all[offset..<offset + mine.count])
    }
  }

  private var buffers: [UnsafeMutableBufferPointer<Float>?] {
    [data, noise, dropoutKeys, labels] + LevelInput.allCases.map { levels[$0] } + probes
  }

  /// The part of an input that belongs to one example.
  func example(
    _ index: Int, of buffer: UnsafeMutableBufferPointer<Float>
  ) -> UnsafeMutableBufferPointer<Float> {
    let size = buffer.count / count
    return UnsafeMutableBufferPointer(rebasing: buffer[index * size..<(index + 1) * size])
  }
}
