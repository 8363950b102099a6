public import Foundation

/// A piece of work in a trace file, see ``TraceRecorder``.
public struct TracedWork: Sendable, Equatable {
  /// What was done.
  public let name: String
  /// The rank that did it.
  public let rank: Int
  /// Seconds from the begin of the recording.
  public let begin: Double
  /// Seconds from the begin of the recording.
  public let end: Double

  /// Describes work.
  public init(name: String, rank: Int, begin: Double, end: Double) {
    (self.name, self.rank, self.begin, self.end) = (name, rank, begin, end)
  }

  /// Seconds that it took.
  public var seconds: Double { end - begin }

  /// Reads the work of all ranks from a file that a ``TraceRecorder`` has written.
  ///
  /// - Parameter file: The file.
  /// - Returns: The work in the order of the file: by rank, then by begin.
  /// - Throws: ``TelemetryError`` if the file cannot be read or is no trace.
  public static func read(_ file: URL) throws(TelemetryError) -> [TracedWork] {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw .file(path: file.path, operation: "read", reason: error.localizedDescription)
    }
    guard let events = try? JSONDecoder().decode([Event].self, from: data) else {
      let start = String(decoding: data.prefix(20), as: UTF8.self)
      throw .wrongContent(
        path: file.path, found: "'\(start)'", expected: "a list of trace events")
    }
    return events.filter { $0.ph == "X" }.map { event in
      let (begin, duration) = (event.ts ?? 0, event.dur ?? 0)
      return TracedWork(
        name: event.name, rank: event.pid, begin: begin * 1e-6, end: (begin + duration) * 1e-6)
    }
  }

  // Names of Chrome's format; times in microseconds.
  private struct Event: Decodable {
    let name: String
    let ph: String
    let pid: Int
    let ts: Double?
    let dur: Double?
  }
}
