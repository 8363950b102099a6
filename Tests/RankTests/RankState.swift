import Checkpoints
import MPI

/// A training state of two flat buffers that every rank holds whole.
final class RankState: Sendable {
  /// The state that tests save; it lives as long as the process.
  static let original = RankState()

  static let table = TensorTable(
    [
      TensorSlice(name: "all_modules.0.weight", shape: [7, 3], offset: 0),
      TensorSlice(name: "all_modules.0.bias", shape: [3], offset: 32),
      TensorSlice(name: "all_modules.1.weight", shape: [2, 2, 5], offset: 48),
    ], elementCount: 80)

  let buffers: [StateBuffer]

  /// Fills each element with a value of its own, or with a constant.
  init(filledWith constant: Float? = nil) {
    buffers = ["parameters", "ema"].enumerated().map { number, name in
      let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: Self.table.elementCount)
      for index in values.indices {
        values.initializeElement(at: index, to: constant ?? Float(1000 * number + index) + 0.25)
      }
      return StateBuffer(name: name, values: values)
    }
  }

  deinit {
    for buffer in buffers { buffer.values.deallocate() }
  }

  /// The values of all tensors, buffer by buffer, without padding.
  var contents: [Float] {
    buffers.flatMap { buffer in
      Self.table.slices.flatMap { buffer.values[$0.range] }
    }
  }

  /// The buffers reduced to a range of elements.
  func part(_ range: Range<Int>) -> [StateBuffer] {
    buffers.map {
      StateBuffer(name: $0.name, values: .init(rebasing: $0.values[range]), start: range.lowerBound)
    }
  }

  static func progress(step: Int) -> TrainingProgress {
    TrainingProgress(
      step: step, examples: 10 * step, seed: 7, counters: ["updates": 3], notes: ["a": "b"])
  }

  func save(step: Int, in store: CheckpointStore, over communicator: Communicator) throws {
    _ = try store.save(
      Self.progress(step: step), buffers: buffers, table: Self.table, over: communicator)
  }
}
