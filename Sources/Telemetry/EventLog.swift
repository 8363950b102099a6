import Synchronization

/// The history of a run as a file of JSON objects, one a line.
///
/// Every line has a `kind`; the first one is the header with the `schema`. A line is handed to
/// the system as soon as it is written, so a crash of the program loses nothing and a crash of
/// the machine tears at most the last line, which the next start removes. Only rank 0 keeps a
/// log; its methods may be called from any thread.
public final class EventLog: Sendable {
  /// The version of the meaning of the lines, in the header.
  public static let schema = 1

  /// The file.
  public let path: String

  private let file: Mutex<OpenFile>

  /// Starts a log, or continues the one at `path`.
  ///
  /// - Parameters:
  ///   - path: The file, by convention `events.jsonl` in the run's folder, which must exist.
  ///   - header: What the first line of a new log tells besides its kind and schema.
  /// - Throws: `TelemetryError` if the file cannot be written or is no event log of this schema.
  public init(path: String, header: [(String, EventValue)] = []) throws(TelemetryError) {
    self.path = path
    let opened = try OpenFile(path, for: .appending)
    let found = try OpenFile(path, for: .reading).readAll()
    let kept = Self.wholeLines(of: found)
    if !kept.isEmpty || !Self.isTornHeader(found) {
      try Self.checkHeader(found[...], path: path)
    }
    if kept.count < found.count {
      // The descriptor above now belongs to the file that is being replaced.
      try replaceFile(path, with: Array(kept))
      file = Mutex(try OpenFile(path, for: .appending))
    } else {
      file = Mutex(opened)
    }
    if kept.isEmpty {
      try write(kind: "header", fields: [("schema", .integer(Self.schema))] + header)
    }
  }

  /// Appends a line: the kind, then the fields in the order given.
  ///
  /// Numbers print so that they read back exactly. A number that is not finite becomes `null`,
  /// and a last field `nonfinite` maps its key to its text.
  ///
  /// - Parameters:
  ///   - kind: What the line is about, such as `step`.
  ///   - fields: Keys, each once, with their values.
  /// - Throws: `TelemetryError` if the system refuses to write.
  public func write(kind: String, fields: [(String, EventValue)]) throws(TelemetryError) {
    let line = EventLine([("kind", .string(kind))] + fields).text + "\n"
    try file.withLock { file throws(TelemetryError) in try file.append(Array(line.utf8)) }
  }

  /// Removes the lines of steps after `step`, which a run that resumes from there takes again.
  ///
  /// These are the lines of any kind with a larger number under the key `step`. The file is
  /// replaced as a whole, so a crash leaves either the old or the new one, and another process that
  /// has it open no longer writes into this log.
  ///
  /// - Parameter step: The last step that stays.
  /// - Throws: `TelemetryError` if the file cannot be read or replaced.
  public func truncate(afterStep step: Int) throws(TelemetryError) {
    try file.withLock { file throws(TelemetryError) in
      let bytes = try OpenFile(path, for: .reading).readAll()
      let kept = bytes.split(separator: newline).filter { line in
        EventLine.value(of: "step", in: line).flatMap { Int($0) }.map { $0 <= step } ?? true
      }
      let content = kept.flatMap { $0 + [newline] }
      // Even if nothing goes: what an earlier session still writes belongs to the old file.
      try replaceFile(path, with: content)
      file = try OpenFile(path, for: .appending)
    }
  }

  // A machine that lost power leaves part of a line or a block of zeros at the end.
  private static func wholeLines(of bytes: [UInt8]) -> ArraySlice<UInt8> {
    var end = bytes.count
    while end > 0 {
      let start = (bytes[..<(end - 1)].lastIndex(of: newline) ?? -1) + 1
      let line = bytes[start..<end]
      if line.count > 2, line.first == UInt8(ascii: "{"),
        line.suffix(2) == [UInt8(ascii: "}"), newline]
      {
        break
      }
      end = start
    }
    return bytes[..<end]
  }

  // Nothing but a header that was torn at the first start may be overwritten.
  private static func isTornHeader(_ bytes: [UInt8]) -> Bool {
    let opening = Array("{\"kind\":\"header\"".utf8)
    let count = min(bytes.count, opening.count)
    return bytes[..<count] == opening[..<count] || bytes.allSatisfy { $0 == 0 }
  }

  private static func checkHeader(
    _ bytes: ArraySlice<UInt8>, path: String
  ) throws(TelemetryError) {
    let line = bytes.prefix { $0 != newline }
    let kind = EventLine.value(of: "kind", in: line)
    let schema = EventLine.value(of: "schema", in: line)
    guard kind == "header", schema == String(Self.schema) else {
      throw .wrongContent(
        path: path, found: "\"\(String(decoding: line.prefix(60), as: UTF8.self))\"",
        expected: "the header of an event log of schema \(Self.schema)")
    }
  }
}

private let newline = UInt8(ascii: "\n")
