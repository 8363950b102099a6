import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct WeightsFileTests {
  private let table = SampleState.table

  private func read(
    _ url: URL, table: TensorTable = SampleState.table, prefix: String = "",
    allowing allowed: Set<String> = []
  ) throws -> (state: SampleState, contents: WeightsFile.Contents) {
    let state = SampleState(table: table, filledWith: -1)
    let contents = try WeightsFile.read(
      from: url, into: state.buffers[0].values, table: table, prefix: prefix, allowing: allowed)
    return (state, contents)
  }

  @Test func exportedWeightsAreImportedByName() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    let written = SampleState()
    try written.save(step: 7, in: store, shards: 3)
    let url = folder.url.appending(path: "weights.safetensors")
    let sigmas = NamedTensor(name: "sigmas", shape: [2], values: [50, 0.01])
    try WeightsFile.export(
      "ema", of: store.checkpoint(ofStep: 7), to: url, extras: [sigmas], metadata: ["a": "b"])

    let (state, contents) = try read(url, allowing: ["sigmas"])
    for slice in table.slices {
      #expect(state.values(slice.name) == written.values(slice.name, of: "ema"))
    }
    #expect(contents.extras == ["sigmas"])
    #expect(contents.metadata["weights"] == "ema")
    #expect(contents.metadata["step"] == "7")
    #expect(contents.metadata["configuration"] == "checksum: \"x\"\n")
    #expect(contents.metadata["a"] == "b")
    #expect(!FileManager.default.fileExists(atPath: url.path + ".partial"))
  }

  @Test func missingAndUnexpectedNamesAreListed() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "weights.safetensors")
    let state = SampleState()
    let fewer = TensorTable(table.slices.filter { $0.name != "scale" }, elementCount: 80)
    try WeightsFile.write(
      to: url, values: UnsafeBufferPointer(state.buffers[0].values), table: fewer,
      extras: [NamedTensor(name: "sigmas", shape: [1], values: [1])])
    let error = try #require(throws: CheckpointError.self) { try read(url) }
    #expect(error.description.contains("1 missing: scale; 1 unexpected: sigmas"))
  }

  @Test func aWrongShapeIsNamedAndNothingIsWritten() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "weights.safetensors")
    let state = SampleState()
    try WeightsFile.write(
      to: url, values: UnsafeBufferPointer(state.buffers[0].values), table: table)
    let changed = TensorTable(
      table.slices.map {
        TensorSlice(
          name: $0.name, shape: $0.name == "all_modules.1.weight" ? [20] : $0.shape,
          offset: $0.offset)
      }, elementCount: 80)
    let target = SampleState(table: changed, filledWith: -1)
    let error = try #require(throws: CheckpointError.self) {
      try WeightsFile.read(from: url, into: target.buffers[0].values, table: changed)
    }
    #expect(
      error.description.contains(
        "tensor all_modules.1.weight: found shape [2, 2, 5], expected shape [20]"))
    #expect(target.buffers[0].values.allSatisfy { $0 == -1 })
  }

  @Test func aPrefixSelectsTheTensors() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "case.safetensors")
    let small = TensorTable([TensorSlice(name: "w", shape: [2], offset: 0)])
    let values: [Float] = [1, 2]
    try values.withUnsafeBufferPointer { buffer in
      try WeightsFile.write(
        to: url, values: buffer,
        table: TensorTable([TensorSlice(name: "param/w", shape: [2], offset: 0)]),
        extras: [NamedTensor(name: "in/x", shape: [], values: [3])])
    }
    let (state, contents) = try read(url, table: small, prefix: "param/")
    #expect(state.values("w") == [1, 2])
    #expect(contents.extras == [])
  }
}
