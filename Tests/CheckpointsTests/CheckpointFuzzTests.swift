import Foundation
import TestSupport
import Testing

@testable import Checkpoints

/// Damaged files of checkpoints are refused with an error, whatever the damage: no crash, no hang, no
/// memory out of proportion.
@Suite(.serialized) struct CheckpointFuzzTests {
  private static let cases = 10_000
  private static let growth = 1 << 30

  @Test func damagedManifestsAreRefusedOrMeanWhatTheySay() throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    try SampleState().save(step: 20, in: store, shards: 3)
    let file = store.folder(ofStep: 20).appending(path: CheckpointManifest.fileName)
    let intact = [UInt8](try Data(contentsOf: file))
    let state = SampleState()
    var (refused, sealedAndRefused) = (0, 0)
    try AddressSpace.growing(byAtMost: Self.growth) {
      for number in 0..<Self.cases {
        var mutator = Mutator(seed: 5, case: number)
        mutator.words = [
          "\"checksum\"", "\"shards\" : [", "\"shape\" : [4294967296, 4294967296]",
          "\"offset\" : -1", "../", "/etc/passwd", "\"bytes\" : -5", "\\u0000", "\"file\" : \"..\"",
          "}, {",
        ]
        var bytes = mutator.damage(intact)
        // A right checksum lets the damage through to what reads the content.
        let isSealed = !number.isMultiple(of: 4)
        if isSealed { bytes = CheckpointManifest.sealed(bytes) }
        try folder.write(bytes, to: "checkpoints/step-000000020/manifest.json")
        let isIntact = store.verify(step: 20).allSatisfy { $0.problem == nil }
        if !isIntact {
          refused += 1
          sealedAndRefused += isSealed ? 1 : 0
        }
        readEverything(of: store, into: state)
      }
    }
    // Some damage leaves a manifest that says the same, or another step's number of examples.
    #expect(refused > Self.cases / 2)
    #expect(sealedAndRefused > Self.cases / 3)
  }

  private func readEverything(of store: CheckpointStore, into state: SampleState) {
    do throws(CheckpointError) {
      let checkpoint = try store.checkpoint(ofStep: 20)
      _ = checkpoint.manifest.shardBytes
      try checkpoint.read(into: state.buffers, table: state.table)
      for slice in checkpoint.manifest.table.slices.prefix(100) {
        for buffer in checkpoint.manifest.buffers.prefix(10) {
          _ = try checkpoint.tensor(slice.name, of: buffer)
        }
      }
    } catch {
      #expect(!error.description.isEmpty)
    }
  }

  @Test func damagedWeightsFilesAreRefusedOrRead() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "weights.safetensors")
    let writer = try SafetensorsWriter(
      creating: url,
      tensors: [
        .init(name: "layer.weight", shape: [4, 3]), .init(name: "layer.bias", shape: [4]),
        .init(name: "half", elementType: .float16, shape: [2, 2]),
        .init(name: "count", elementType: .int64, shape: []),
      ], metadata: ["step": "12", "note": "text"])
    try writer.append([Float](repeating: 1.5, count: 16))
    try [UInt8](repeating: 60, count: 16).withUnsafeBytes { try writer.append($0) }
    try writer.finish()
    let intact = [UInt8](try Data(contentsOf: url))
    let headerEnd = 8 + Int(intact[0]) + 256 * Int(intact[1])
    var (refused, read) = (0, 0)
    try AddressSpace.growing(byAtMost: Self.growth) {
      for number in 0..<Self.cases {
        var mutator = Mutator(seed: 6, case: number)
        mutator.words = [
          "\"dtype\":\"F64\"", "\"BF16\"", "\"data_offsets\":[0,0]", "\"shape\":[]", "__metadata__",
          ",\"layer.bias\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[48,64]}",
          "[9223372036854775807,9223372036854775807]", "\\ud800",
        ]
        // With a length that fits, the damage gets as far as the tensors.
        if number.isMultiple(of: 2) {
          let header = mutator.damage(Array(intact[8..<headerEnd]))
          let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
          try folder.write(length + header + intact[headerEnd...], to: url.lastPathComponent)
        } else {
          try folder.write(mutator.damage(intact), to: url.lastPathComponent)
        }
        do throws(CheckpointError) {
          let file = try SafetensorsFile(opening: url)
          for name in file.names.prefix(100) { _ = try file.floats(name) }
          read += 1
        } catch {
          refused += 1
          #expect(!error.description.isEmpty)
        }
      }
    }
    #expect(refused > Self.cases / 2 && read > 0)
  }
}
