import Telemetry
import Testing

@testable import Training

/// Waits for gradients in a trace.
@Suite struct OverlapReportTests {
  // A step of 10 s with a program of 6 s, then reductions that end 1 and 3 s after it.
  private func work(rank: Int, from start: Double, ends: [Double]) -> [TracedWork] {
    [
      TracedWork(name: "step", rank: rank, begin: start, end: start + 10),
      TracedWork(name: "program", rank: rank, begin: start + 1, end: start + 7),
      TracedWork(name: "optimizer", rank: rank, begin: start + 9, end: start + 10),
    ]
      + ends.map {
        TracedWork(
          name: "all-reduce of gradients", rank: rank, begin: start + $0 - 1, end: start + $0)
      }
  }

  @Test func waitsBeginWithTheEndOfTheProgram() throws {
    let trace = work(rank: 0, from: 0, ends: [5, 7.5]) + work(rank: 1, from: 0.5, ends: [4, 7.5])
    let report = try #require(OverlapReport(trace))
    #expect(report.steps == 2 && report.stepSeconds == 10 && report.programSeconds == 6)
    #expect(report.exposedSeconds == 0.5)
    let blocking = try #require(OverlapReport(work(rank: 0, from: 20, ends: [8, 9])))
    #expect(blocking.exposedSeconds == 2)
    #expect(report.hiddenShare(against: blocking) == 0.75)
  }

  @Test func whatEndsWithinTheProgramIsNotWaitedFor() throws {
    let report = try #require(OverlapReport(work(rank: 0, from: 0, ends: [5, 6])))
    #expect(report.exposedSeconds == 0)
  }

  @Test func waitsForWhatTheStepBeforeHasLeftCount() throws {
    var trace = work(rank: 0, from: 0, ends: [5, 8])
    for begin in [2.0, 4] {
      trace.append(
        TracedWork(name: "wait for gradients", rank: 0, begin: begin, end: begin + 0.5))
    }
    // Where the update must be complete, at the end of the step.
    trace.append(TracedWork(name: "wait for gradients", rank: 0, begin: 9, end: 9.25))
    let report = try #require(OverlapReport(trace))
    #expect(report.programSeconds == 5)
    #expect(report.exposedSeconds == 2.25)
  }

  @Test func theMeanCountsStepsThatReduceNothing() throws {
    var trace = work(rank: 0, from: 0, ends: [5]) + work(rank: 0, from: 10, ends: [])
    trace.append(TracedWork(name: "step", rank: 0, begin: 20, end: 21))
    let report = try #require(OverlapReport(trace))
    #expect(report.steps == 1 && report.stepSeconds == 10 && report.meanStepSeconds == 7)
  }

  @Test func tracesWithoutReductionsHaveNoReport() {
    #expect(OverlapReport(work(rank: 0, from: 0, ends: [])) == nil)
  }
}
