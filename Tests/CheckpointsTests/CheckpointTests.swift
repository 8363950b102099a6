import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct CheckpointTests {
  @Test func anyNumberOfShardsRestoresTheSameState() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    let written = SampleState()
    for count in [1, 2, 3, 7, 80, 100] {
      try written.save(step: count, in: store, shards: count)
      let checkpoint = try store.checkpoint(ofStep: count)
      #expect(checkpoint.manifest.shards.count == count)
      #expect(checkpoint.manifest.progress == SampleState.progress(step: count))
      #expect(checkpoint.verify().allSatisfy { $0.problem == nil })
      let read = SampleState(filledWith: -1)
      try checkpoint.read(into: read.buffers, table: read.table)
      #expect(read.contents == written.contents)
      #expect(read.buffers[0].values[12] == -1, "padding is not touched")
      #expect(
        try checkpoint.tensor("all_modules.1.weight", of: "ema")
          == written.values("all_modules.1.weight", of: "ema"))
    }
  }

  @Test func aRangeOfTheBuffersIsRestoredAlone() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    let written = SampleState()
    try written.save(step: 1, in: store, shards: 3)
    let read = SampleState(filledWith: -1)
    let part = StateBuffer(
      name: "ema", values: .init(rebasing: read.buffers[1].values[5..<60]), start: 5)
    try store.checkpoint(ofStep: 1).read(into: [part], table: read.table)
    #expect(
      read.values("all_modules.0.bias", of: "ema")
        == written.values(
          "all_modules.0.bias", of: "ema"))
    #expect(
      read.values("all_modules.0.weight", of: "ema")
        == [-1, -1, -1, -1, -1] + written.values("all_modules.0.weight", of: "ema")[5...])
    #expect(read.values("all_modules.0.weight") == .init(repeating: -1, count: 12))
  }

  @Test func anotherFlatOrderIsRestoredByName() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    let written = SampleState()
    try written.save(step: 1, in: store, shards: 3)
    var offset = 0
    let reversed = TensorTable(
      SampleState.table.slices.reversed().map { slice in
        defer { offset += slice.elementCount }
        return TensorSlice(name: slice.name, shape: slice.shape, offset: offset)
      })
    let read = SampleState(table: reversed, filledWith: -1)
    try store.checkpoint(ofStep: 1).read(into: read.buffers, table: reversed)
    #expect(read.contents == written.contents)
  }

  @Test func aDifferentTableIsRefusedByName() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    try SampleState().save(step: 1, in: store, shards: 2)
    let checkpoint = try store.checkpoint(ofStep: 1)
    let slices = SampleState.table.slices
    let bias = TensorSlice(name: "all_modules.0.bias", shape: [1, 3], offset: 16)
    let new = TensorSlice(name: "new", shape: [], offset: 79)
    let cases: [([TensorSlice], String)] = [
      (slices.filter { $0.name != "scale" }, "tensor scale: found shape []"),
      (slices + [new], "tensor new: found no such tensor, expected shape []"),
      (slices.filter { $0.name != bias.name } + [bias], "found shape [3], expected shape [1, 3]"),
    ]
    for (changed, text) in cases {
      let state = SampleState(table: TensorTable(changed, elementCount: 80))
      let error = try #require(throws: CheckpointError.self) {
        try checkpoint.read(into: state.buffers, table: state.table)
      }
      #expect(error.description.contains(text))
    }
    let unknown = StateBuffer(name: "adam.first", values: SampleState().buffers[0].values)
    let error = try #require(throws: CheckpointError.self) {
      try checkpoint.read(into: [unknown], table: SampleState.table)
    }
    #expect(error.description.contains("buffer adam.first"))
  }

  @Test func anOptionalBufferThatIsAbsentStaysAsItWas() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    let written = SampleState()
    try written.save(step: 1, in: store, shards: 2)
    let (read, other) = (SampleState(filledWith: -1), SampleState(filledWith: 7))
    let absent = StateBuffer(
      name: "outer.momentum", values: other.buffers[0].values, isOptional: true)
    let present = StateBuffer(name: "ema", values: other.buffers[1].values, isOptional: true)
    let checkpoint = try store.checkpoint(ofStep: 1)
    try checkpoint.read(into: [read.buffers[0], absent, present], table: SampleState.table)
    #expect(read.values("scale") == written.values("scale"))
    #expect(other.values("scale", of: "ema") == written.values("scale", of: "ema"))
    #expect(other.buffers[0].values.allSatisfy { $0 == 7 })
    #expect(checkpoint.absentBuffers(of: [absent, present]) == ["outer.momentum"])
  }

  @Test func entriesOfCutTensorsCarryTheirRange() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    try SampleState().save(step: 12, in: store, shards: 8)
    let shard = try SafetensorsFile(
      opening: store.folder.appending(path: "step-000000012/shard-00001-of-00008.safetensors"))
    // Elements 10 to 20: the end of the first weight and the whole bias.
    #expect(
      shard.names == [
        "ema/all_modules.0.bias", "ema/all_modules.0.weight#10:12",
        "parameters/all_modules.0.bias", "parameters/all_modules.0.weight#10:12",
      ])
    #expect(try shard.entry("parameters/all_modules.0.weight#10:12").shape == [2])
    #expect(shard.metadata["elements"] == "10:20")
  }

  @Test func damageOfAnyFileIsNamed() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    try SampleState().save(step: 1, in: store, shards: 2)
    let checkpoint = try store.checkpoint(ofStep: 1)
    let shards = checkpoint.manifest.shards.map { checkpoint.folder.appending(path: $0.file) }

    try flipBit(of: shards[0], atByte: checkpoint.manifest.shards[0].bytes - 3)
    try Data(contentsOf: shards[1]).dropLast(4).write(to: shards[1])
    let reports = store.verify(step: 1)
    #expect(
      reports.map(\.file) == [
        "manifest.json", "shard-00000-of-00002.safetensors", "shard-00001-of-00002.safetensors",
      ])
    #expect(reports[0].problem == nil)
    #expect(try #require(reports[1].problem).description.contains("found CRC-32C"))
    let bytes = checkpoint.manifest.shards[1].bytes
    #expect(
      reports[2].problem
        == .damaged(
          path: shards[1].path, found: "\(bytes - 4) bytes", expected: "\(bytes) bytes"))

    try FileManager.default.removeItem(at: shards[1])
    #expect(
      store.verify(step: 1)[2].problem == .missing(path: shards[1].path, expected: "a file"))
  }

  @Test func flippedBitsOfTheManifestAreSeen() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    try SampleState().save(step: 1, in: store, shards: 1)
    let url = store.folder.appending(path: "step-000000001/manifest.json")
    let intact = try CheckpointManifest(readFrom: url)
    // Steps of 11 meet keys, digits, texts and the checksum itself.
    for index in stride(from: 0, to: try Data(contentsOf: url).count, by: 11) {
      try flipBit(of: url, atByte: index)
      let error = #expect(throws: CheckpointError.self, "byte \(index)") {
        try CheckpointManifest(readFrom: url)
      }
      guard case .damaged? = error else {
        Issue.record("byte \(index) gave \(String(describing: error))")
        continue
      }
      try flipBit(of: url, atByte: index)
    }
    #expect(try CheckpointManifest(readFrom: url) == intact)
  }

  @Test func anotherFormatVersionIsNoDamage() throws {
    let folder = try TemporaryFolder()
    // The sum of this text with zeros in place of the digits, from a bit-by-bit loop.
    let path = try folder.write(
      #"{"checksum":"7a34eb6a","format_version":2}"#, to: "manifest.json")
    let error = try #require(throws: CheckpointError.self) {
      try CheckpointManifest(readFrom: URL(filePath: path))
    }
    #expect(error.description.contains("format version: found 2, expected 1"))
  }

  @Test func evenRangesCoverTheBuffers() {
    for count in 1...100 {
      let ranges = (0..<count).map { SampleState.table.evenRange(ofRank: $0, of: count) }
      #expect(ranges.flatMap { Array($0) } == Array(0..<80))
    }
  }
}
