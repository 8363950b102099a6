import Foundation
import Telemetry
import TestSupport
import Testing

@Suite struct EventLogTests {
  let header = "{\"kind\":\"header\",\"schema\":1,\"program\":\"x\"}\n"

  private func text(of path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  func decode(_ line: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func newLogStartsWithAHeaderAndKeepsTheOrderOfKeys() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(path: folder.path + "/events.jsonl", header: [("program", "x")])
    try log.write(
      kind: "step",
      fields: [
        ("step", 3), ("loss", 0.5), ("names", ["b", "a"]), ("ok", true), ("unknown", .null),
      ])
    #expect(
      try text(of: log.path)
        == header
        + "{\"kind\":\"step\",\"step\":3,\"loss\":0.5,\"names\":[\"b\",\"a\"],\"ok\":true,"
        + "\"unknown\":null}\n")
  }

  @Test func continuedLogAppendsWithoutASecondHeader() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/events.jsonl"
    for step in 1...2 {
      let log = try EventLog(path: path, header: [("program", "x")])
      try log.write(kind: "step", fields: [("step", .integer(step))])
    }
    #expect(
      try text(of: path)
        == header + "{\"kind\":\"step\",\"step\":1}\n{\"kind\":\"step\",\"step\":2}\n")
  }

  @Test func numbersReadBackExactly() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(path: folder.path + "/events.jsonl")
    let numbers = [
      0.1, 1.0 / 3, 1e-5, Double.leastNonzeroMagnitude, 1.7976931348623157e308, -0.0,
      123_456_789.125, 1e16, 1e22,
    ]
    let floats: [Float] = [0.1, 1.0 / 3, .leastNonzeroMagnitude, 3.4028235e38, 16_777_216]
    try log.write(
      kind: "numbers",
      fields: [
        ("doubles", .array(numbers.map { .number($0) })),
        ("floats", .array(floats.map { .float($0) })), ("integer", .integer(.min)),
      ])
    let line = try text(of: log.path).split(separator: "\n")[1]
    let object = try decode(String(line))
    #expect((object["doubles"] as? [Double])?.map(\.bitPattern) == numbers.map(\.bitPattern))
    #expect((object["floats"] as? [Double])?.map { Float($0) } == floats)
    #expect(object["integer"] as? Int == .min)
  }

  @Test func nonfiniteNumbersAreNullAndNamed() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(path: folder.path + "/events.jsonl")
    try log.write(
      kind: "step",
      fields: [
        ("loss", .number(.nan)), ("terms", .array([1, .number(-.infinity)])),
        ("norms", .object([("first", .float(.infinity))])), ("step", 4),
      ])
    let line = try String(text(of: log.path).split(separator: "\n")[1])
    #expect(
      line
        == "{\"kind\":\"step\",\"loss\":null,\"terms\":[1,null],\"norms\":{\"first\":null},"
        + "\"step\":4,\"nonfinite\":{\"loss\":\"nan\",\"terms.1\":\"-inf\","
        + "\"norms.first\":\"inf\"}}")
    _ = try decode(line)
  }

  @Test func anyStringReadsBack() throws {
    let folder = try TemporaryFolder()
    let log = try EventLog(path: folder.path + "/events.jsonl")
    let string =
      "quote \" backslash \\ line\nfeed\ttab \r bell \u{7} nul \0 umlaut \u{e4} \u{1f600}"
    try log.write(kind: "note", fields: [("te\"xt", .string(string))])
    let lines = try text(of: log.path).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(try decode(String(lines[1]))["te\"xt"] as? String == string)
  }

  @Test(arguments: ["{\"kind\":\"st", "{\"kind\":\"step\",\"step\":2}", "\0\0\0\0", "\0\0\n"])
  func tornEndIsRemoved(end: String) throws {
    let folder = try TemporaryFolder()
    let whole = header + "{\"kind\":\"step\",\"step\":1}\n"
    let path = try folder.write(whole + end, to: "events.jsonl")
    let log = try EventLog(path: path)
    try log.write(kind: "step", fields: [("step", 2)])
    #expect(try text(of: path) == whole + "{\"kind\":\"step\",\"step\":2}\n")
  }

  @Test func tornHeaderIsWrittenAnew() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("{\"kind\":\"hea", to: "events.jsonl")
    _ = try EventLog(path: path, header: [("program", "x")])
    #expect(try text(of: path) == header)
  }

  @Test(arguments: [
    "precious notes", "a\nb\n", "{\"kind\":\"step\",\"step\":1}\n",
    "{\"kind\":\"header\",\"schema\":2}\n",
  ])
  func otherFilesAreRefusedAndKept(content: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(content, to: "events.jsonl")
    let error = #expect(throws: TelemetryError.self) { try EventLog(path: path) }
    #expect(error?.description.contains("the header of an event log of schema 1") == true)
    #expect(try text(of: path) == content)
  }

  @Test func missingFolderIsNamed() {
    #expect(
      throws: TelemetryError.file(
        path: "/nowhere/events.jsonl", operation: "open", reason: "No such file or directory")
    ) {
      try EventLog(path: "/nowhere/events.jsonl")
    }
  }

  @Test func truncationLeavesEachStepOnceAfterAResume() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/events.jsonl"
    let log = try EventLog(path: path, header: [("program", "x")])
    func take(_ steps: ClosedRange<Int>) throws {
      for step in steps {
        // Keys and strings that only look like the step must not mislead.
        try log.write(
          kind: "step",
          fields: [
            ("note", "\"step\":99"), ("nested", .object([("step", 99)])), ("step", .integer(step)),
          ])
      }
    }
    try take(1...12)
    try log.write(kind: "resume", fields: [("from", 99)])
    try log.truncate(afterStep: 9)
    try take(10...12)
    let lines = try text(of: path).split(separator: "\n").map { try decode(String($0)) }
    #expect(lines.compactMap { $0["step"] as? Int } == Array(1...12))
    #expect(lines.first?["kind"] as? String == "header")
    #expect(lines.count { $0["kind"] as? String == "resume" } == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["events.jsonl"])
  }
}
