public import Foundation

/// Lets only the newest session of a run write checkpoints.
///
/// Rank 0 of a session that was hung, stopped or cut off may wake up after the run was started again
/// elsewhere. Every session puts a number and a mark of its own into `RUN/generation`, and whatever
/// would change the checkpoints first looks whether that is still there.
/// Source: Kleppmann, "Designing Data-Intensive Applications" (2017), chapter 8, fencing tokens.
public struct SessionFence: Sendable, Equatable {
  /// The name of the file in the run folder.
  public static let fileName = "generation"

  /// The number of the session in the history of the run, from 1.
  public let generation: Int

  private let file: URL
  private let line: String

  /// Takes over a run; for rank 0, once a session and before it changes any checkpoint.
  ///
  /// Of two sessions that do this at the same time, the one whose file stays is the newest.
  ///
  /// - Parameter folder: The run folder, which must exist.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  public init(takingOver folder: URL) throws(CheckpointError) {
    file = folder.appending(path: Self.fileName)
    let earlier = try Self.read(file)?.prefix { $0 != " " }
    // A file that somebody has damaged costs the numbering only, the mark still tells.
    generation = min(max(earlier.flatMap { Int($0) } ?? 0, 0), Int.max - 1) + 1
    let information = ProcessInfo.processInfo
    line =
      "\(generation) \(information.hostName) \(information.processIdentifier) \(UUID().uuidString)"
    try AtomicFile.write(line + "\n", to: file)
  }

  /// Makes sure that no other session has taken over the run.
  ///
  /// - Throws: ``CheckpointError/superseded(path:found:generation:)`` if one has,
  ///   ``CheckpointError/inaccessible(path:operation:reason:)``.
  public func requireNewest() throws(CheckpointError) {
    let found = try Self.read(file)
    guard found == line else {
      throw .superseded(
        path: file.path, found: Self.description(of: found), generation: generation)
    }
  }

  /// The first line of the file, at most 200 characters; nil if there is none.
  private static func read(_ file: URL) throws(CheckpointError) -> String? {
    let reader: FileReader
    do {
      reader = try FileReader(opening: file)
    } catch .missing {
      return nil
    } catch {
      throw error
    }
    let bytes = try reader.bytes(at: 0, count: min(reader.byteCount, 200))
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func description(of line: String?) -> String {
    let fields = (line ?? "").split(separator: " ")
    guard fields.count == 4 else { return line == nil ? "no file" : "other content" }
    return "generation \(fields[0]), process \(fields[2]) on \(fields[1])"
  }
}
