import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct AtomicFileTests {
  @Test func contentIsReplacedAndNothingIsLeftOver() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "config.yaml")
    try AtomicFile.write("first\n", to: url)
    try AtomicFile.write("second\n", to: url)
    #expect(try String(contentsOf: url, encoding: .utf8) == "second\n")
    #expect(try Folder.names(in: folder.url) == ["config.yaml"])
  }

  @Test func aFailureNamesThePathAndTheReason() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "absent/config.yaml")
    let error = try #require(throws: CheckpointError.self) {
      try AtomicFile.write("text", to: url)
    }
    #expect(error.description.contains("absent"))
    #expect(error.description.contains("No such file or directory"))
  }

  @Test func aFailedReplacementKeepsTheOldContent() throws {
    let folder = try TemporaryFolder()
    // A folder in the place of the file makes the rename fail after a successful write.
    let url = folder.url.appending(path: "occupied")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    #expect(throws: CheckpointError.self) { try AtomicFile.write("text", to: url) }
    #expect(try Folder.names(in: folder.url) == ["occupied"])
  }

  @Test func aFullDiskIsReportedAsSuch() throws {
    // Linux gives this device for the purpose: every write fails for lack of space.
    let file = try FileWriter(creating: URL(filePath: "/dev/full"))
    let error = try #require(throws: CheckpointError.self) { try file.append([1, 2, 3]) }
    #expect(error.description == "cannot write /dev/full: No space left on device")
  }
}
