import Foundation

@testable import Checkpoints

/// A small state whose tensors have gaps between them, a scalar and an empty one.
final class SampleState {
  static let table = TensorTable(
    [
      TensorSlice(name: "all_modules.0.weight", shape: [4, 3], offset: 0),
      TensorSlice(name: "all_modules.0.bias", shape: [3], offset: 16),
      TensorSlice(name: "scale", shape: [], offset: 32),
      TensorSlice(name: "empty", shape: [0, 2], offset: 33),
      TensorSlice(name: "all_modules.1.weight", shape: [2, 2, 5], offset: 48),
    ], elementCount: 80)

  static let names = ["parameters", "ema"]

  let table: TensorTable
  let buffers: [StateBuffer]

  /// Fills every element, padding included, with a value of its own, or with a constant.
  init(table: TensorTable = SampleState.table, filledWith constant: Float? = nil) {
    self.table = table
    buffers = Self.names.enumerated().map { number, name in
      let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: table.elementCount)
      for index in values.indices {
        values.initializeElement(
          at: index, to: constant ?? Float(1000 * (number + 1) + index) + 0.25)
      }
      return StateBuffer(name: name, values: values)
    }
  }

  deinit {
    for buffer in buffers { buffer.values.deallocate() }
  }

  /// The values of a tensor in a buffer.
  func values(_ tensor: String, of buffer: String = "parameters") -> [Float] {
    guard let slice = table[tensor], let held = buffers.first(where: { $0.name == buffer })
    else { return [] }
    return Array(held.values(in: slice.range))
  }

  /// All tensors of all buffers, without padding.
  var contents: [String: [Float]] {
    var contents: [String: [Float]] = [:]
    for name in Self.names {
      for slice in table.slices { contents["\(name)/\(slice.name)"] = values(slice.name, of: name) }
    }
    return contents
  }

  /// Writes a checkpoint as `count` ranks would, without MPI.
  func save(step: Int, in store: CheckpointStore, shards count: Int) throws {
    let drafts = (0..<count).map { rank in
      CheckpointDraft(
        store: store, progress: Self.progress(step: step), table: table,
        bufferNames: Self.names, rank: rank, size: count,
        range: table.evenRange(ofRank: rank, of: count))
    }
    try drafts[0].prepareFolder()
    try drafts[0].publish(drafts.map { try $0.writeShard(buffers) })
  }

  static func progress(step: Int) -> TrainingProgress {
    TrainingProgress(
      step: step, examples: 64 * step, seed: .max, counters: ["ema.updates": .max],
      notes: ["configuration": "checksum: \"x\"\n", "checksum": "none"])
  }
}

/// Flips one bit of a file in place.
func flipBit(of url: URL, atByte index: Int) throws {
  var content = try Data(contentsOf: url)
  content[content.startIndex + index] ^= 0x10
  try content.write(to: url)
}
