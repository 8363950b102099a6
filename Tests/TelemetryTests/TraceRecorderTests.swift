import Foundation
import Telemetry
import Testing

@Suite struct TraceRecorderTests {
  private func events(_ recorder: TraceRecorder) throws -> [[String: Any]] {
    let json = try JSONSerialization.jsonObject(with: Data("[\(recorder.text)]".utf8))
    return try #require(json as? [[String: Any]])
  }

  @Test func workHasItsRankLaneAndTimesInMicroseconds() throws {
    let recorder = TraceRecorder(rank: 3)
    let begin = ContinuousClock.now
    recorder.record(
      "write \"a\"", on: .background, from: begin, to: begin + .nanoseconds(2_500_125),
      details: [("bytes", 7), ("file", "b\n")])
    let event = try #require(events(recorder).last)
    #expect(event["name"] as? String == "write \"a\"")
    #expect(event["ph"] as? String == "X")
    #expect(event["pid"] as? Int == 3 && event["tid"] as? Int == 3)
    #expect(event["dur"] as? Double == 2500.125)
    #expect(try #require(event["ts"] as? Double) >= 0)
    let details = try #require(event["args"] as? [String: Any])
    #expect(details["bytes"] as? Int == 7 && details["file"] as? String == "b\n")
  }

  @Test func ranksAndLanesAreNamed() throws {
    let names = try events(TraceRecorder(rank: 1)).map { event in
      #expect(event["ph"] as? String == "M" && event["pid"] as? Int == 1)
      return (event["args"] as? [String: Any])?["name"] as? String
    }
    #expect(names == ["rank 1"] + TraceRecorder.Lane.allCases.map(\.name))
  }

  @Test func enclosingWorkComesFirstAndEarlierWorkIsLeftOut() throws {
    let before = ContinuousClock.now
    let recorder = TraceRecorder(rank: 0)
    let begin = ContinuousClock.now
    recorder.record("early", on: .compute, from: before, to: begin)
    for (name, start, length) in [("inner", 0, 1), ("next", 2, 1), ("outer", 0, 5)] {
      recorder.record(
        name, on: .compute, from: begin + .seconds(start), to: begin + .seconds(start + length))
    }
    #expect(recorder.count == 3)
    let order = try events(recorder).suffix(3).map { $0["name"] as? String }
    #expect(order == ["outer", "inner", "next"])
  }

  @Test func workIsDoneOnceWithAndWithoutARecorder() throws {
    struct Failure: Error {}
    let recorder = TraceRecorder(rank: 0)
    for trace in [nil, recorder] {
      var calls = 0
      let result = trace.measure("count", on: .compute) {
        calls += 1
        return calls
      }
      #expect(result == 1 && calls == 1)
      #expect(throws: Failure.self) {
        try trace.measure("fail", on: .compute) { throw Failure() }
      }
    }
    #expect(recorder.count == 1)
  }
}
