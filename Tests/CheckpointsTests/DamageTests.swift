import Foundation
import TestSupport
import Testing

@testable import Checkpoints

/// Each way in which a checkpoint can be damaged is found, named, and answered with the one before.
@Suite struct DamageTests {
  /// A way to damage the newest of three checkpoints of three shards, and what is said about it.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let file: String
    let reason: String
    let apply: @Sendable (CheckpointStore, URL) throws -> Void

    init(
      _ name: String, _ file: String, _ reason: String,
      _ apply: @escaping @Sendable (CheckpointStore, URL) throws -> Void
    ) {
      (testDescription, self.file, self.reason, self.apply) = (name, file, reason, apply)
    }
  }

  private static func shard(_ rank: Int) -> String {
    CheckpointManifest.shardName(rank: rank, of: 3)
  }

  /// Where the data of a shard begins.
  private static func dataStart(of url: URL) throws -> Int {
    let bytes = [UInt8](try Data(contentsOf: url).prefix(8))
    return 8 + bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private static func truncate(_ url: URL, to count: (Int) -> Int) throws {
    let content = try Data(contentsOf: url)
    try content.prefix(count(content.count)).write(to: url)
  }

  private static func exchange(_ one: URL, _ other: URL) throws {
    let aside = one.appendingPathExtension("aside")
    try FileManager.default.moveItem(at: one, to: aside)
    try FileManager.default.moveItem(at: other, to: one)
    try FileManager.default.moveItem(at: aside, to: other)
  }

  static let damages: [Damage] = [
    Damage("length of a header", shard(1), "CRC-32C") { _, folder in
      try flipBit(of: folder.appending(path: shard(1)), atByte: 1)
    },
    Damage("text of a header", shard(1), "CRC-32C") { _, folder in
      try flipBit(of: folder.appending(path: shard(1)), atByte: 20)
    },
    Damage("padding of a header", shard(1), "CRC-32C") { _, folder in
      let file = folder.appending(path: shard(1))
      try flipBit(of: file, atByte: try dataStart(of: file) - 1)
    },
    Damage("first number of a tensor", shard(2), "CRC-32C") { _, folder in
      let file = folder.appending(path: shard(2))
      try flipBit(of: file, atByte: try dataStart(of: file))
    },
    Damage("last number of a tensor", shard(0), "CRC-32C") { _, folder in
      let file = folder.appending(path: shard(0))
      try flipBit(of: file, atByte: try Data(contentsOf: file).count - 1)
    },
    Damage("missing shard", shard(1), "does not exist") { _, folder in
      try FileManager.default.removeItem(at: folder.appending(path: shard(1)))
    },
    Damage("shard without its last byte", shard(1), "bytes, expected") { _, folder in
      try truncate(folder.appending(path: shard(1))) { $0 - 1 }
    },
    Damage("shard cut in its header", shard(1), "found 5 bytes") { _, folder in
      try truncate(folder.appending(path: shard(1))) { _ in 5 }
    },
    Damage("empty shard", shard(2), "found 0 bytes") { _, folder in
      try truncate(folder.appending(path: shard(2))) { _ in 0 }
    },
    Damage("shard with more at its end", shard(0), "bytes, expected") { _, folder in
      let file = folder.appending(path: shard(0))
      try (Data(contentsOf: file) + [0]).write(to: file)
    },
    Damage("swapped shards", shard(0), "expected") { _, folder in
      try exchange(folder.appending(path: shard(0)), folder.appending(path: shard(1)))
    },
    Damage("shard of another step", shard(1), "CRC-32C") { store, folder in
      let file = folder.appending(path: shard(1))
      try FileManager.default.removeItem(at: file)
      try FileManager.default.copyItem(
        at: store.folder(ofStep: 200).appending(path: shard(1)), to: file)
    },
    Damage("superfluous shard", "shard-00003-of-00004.safetensors", "not in the manifest") {
      _, folder in
      try FileManager.default.copyItem(
        at: folder.appending(path: shard(0)),
        to: folder.appending(path: "shard-00003-of-00004.safetensors"))
    },
    Damage("link in place of a shard", shard(1), "symbolic link") { store, folder in
      let file = folder.appending(path: shard(1))
      let outside = store.folder.appending(path: "outside")
      try FileManager.default.moveItem(at: file, to: outside)
      try FileManager.default.createSymbolicLink(at: file, withDestinationURL: outside)
    },
    Damage("folder in place of a shard", shard(1), "a folder or device") { _, folder in
      let file = folder.appending(path: shard(1))
      try FileManager.default.removeItem(at: file)
      try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
    },
    Damage("pipe in place of a shard", shard(1), "a folder or device") { _, folder in
      let file = folder.appending(path: shard(1))
      try FileManager.default.removeItem(at: file)
      try #require(mkfifo(file.path, 0o600) == 0)
    },
    Damage("bit of the manifest", "manifest.json", "CRC-32C") { _, folder in
      try flipBit(of: folder.appending(path: "manifest.json"), atByte: 200)
    },
    Damage("missing manifest", "manifest.json", "does not exist") { _, folder in
      try FileManager.default.removeItem(at: folder.appending(path: "manifest.json"))
    },
    Damage("manifest cut in half", "manifest.json", "damaged") { _, folder in
      try truncate(folder.appending(path: "manifest.json")) { $0 / 2 }
    },
    Damage("empty manifest", "manifest.json", "without a checksum") { _, folder in
      try truncate(folder.appending(path: "manifest.json")) { _ in 0 }
    },
    Damage("manifest of another step", "manifest.json", "step 200, expected step 300") {
      store, folder in
      let file = folder.appending(path: "manifest.json")
      try FileManager.default.removeItem(at: file)
      try FileManager.default.copyItem(
        at: store.folder(ofStep: 200).appending(path: "manifest.json"), to: file)
    },
    Damage("folder of another step", "manifest.json", "step 200, expected step 300") {
      store, folder in
      try FileManager.default.removeItem(at: folder)
      try FileManager.default.copyItem(at: store.folder(ofStep: 200), to: folder)
    },
  ]

  @Test(arguments: damages)
  func damageIsNamedAndTheCheckpointBeforeIsUsed(damage: Damage) throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    for step in [100, 200, 300] {
      try SampleState(filledWith: Float(step)).save(step: step, in: store, shards: 3)
    }
    try damage.apply(store, store.folder(ofStep: 300))
    let found = try #require(try store.newestIntact())
    #expect(found.checkpoint.manifest.progress.step == 200)
    #expect(try found.checkpoint.tensor("scale", of: "ema") == [200])
    let warning = try #require(found.warnings.first)
    #expect(found.warnings.count == 1)
    #expect(warning.hasPrefix("checkpoint of step 300 is skipped: "))
    #expect(warning.contains("step-000000300/\(damage.file)"))
    #expect(warning.contains(damage.reason))
    let reports = store.verify(step: 300).filter { $0.problem != nil }
    #expect(reports.map(\.file).contains(damage.file))
  }

  /// Names that would lead out of the folder, in a manifest whose checksum is right.
  @Test(arguments: [
    "../step-000000100/shard-00001-of-00003.safetensors", "/etc/passwd", "..", ".", "",
    "./shard-00001-of-00003.safetensors", "shard-00001-of-00003.safetensors\\u0000",
    "shard-00002-of-00003.safetensors", "shard-00001-of-00002.safetensors",
  ])
  func namesInAManifestStayInItsFolder(name: String) throws {
    let folder = try TemporaryFolder()
    let store = CheckpointStore(runFolder: folder.url)
    for step in [100, 200] { try SampleState().save(step: step, in: store, shards: 3) }
    let file = store.folder(ofStep: 200).appending(path: "manifest.json")
    let text = try String(contentsOf: file, encoding: .utf8)
      .replacingOccurrences(of: "\"\(Self.shard(1))\"", with: "\"\(name)\"")
    try Data(CheckpointManifest.sealed(Array(text.utf8))).write(to: file)
    let found = try #require(try store.newestIntact())
    #expect(found.checkpoint.manifest.progress.step == 100)
    let warning = try #require(found.warnings.first)
    #expect(warning.contains("step-000000200/manifest.json is damaged: found the shard name"))
  }
}
