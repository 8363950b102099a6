import Testing

@testable import Training

/// When reductions end that run beside a program.
@Suite struct OverlapModelTests {
  private func bucket(
    ready: Double, rounds: Int = 0, latency: Double = 0, transfer: Double
  ) -> OverlapModel.Bucket {
    OverlapModel.Bucket(
      ready: ready,
      cost: CommunicationModel.Cost(rounds: rounds, latency: latency, transfer: transfer))
  }

  @Test func bucketsThatEndLastAreNotHidden() {
    let buckets = (0..<10).map { _ in bucket(ready: .infinity, transfer: 0.5) }
    #expect(OverlapModel().end(of: buckets, programEnd: 3) == 8)
  }

  @Test func bucketsThatEndEarlyAreHidden() {
    let buckets = (0..<10).map { bucket(ready: 0.1 * Double($0), transfer: 0.2) }
    #expect(OverlapModel().end(of: buckets, programEnd: 3) == 3)
  }

  // The link works from 1 on without a break, 2 of its 5 seconds after the program.
  @Test func whatDoesNotFitIsWaitedFor() {
    let buckets = [1.0, 1.5, 2, 2.5, 4].map { bucket(ready: $0, transfer: 1) }
    #expect(OverlapModel().end(of: buckets, programEnd: 4) == 6)
  }

  @Test func latenciesOfBucketsUnderWayPassTogether() {
    var model = OverlapModel()
    model.bucketsUnderWay = 4
    let buckets = (0..<4).map { _ in bucket(ready: 9, rounds: 2, latency: 1, transfer: 0.25) }
    #expect(model.end(of: buckets, programEnd: 9) == 9 + 1 + 4 * 0.25)
    model.bucketsUnderWay = 1
    #expect(model.end(of: buckets, programEnd: 9) == 9 + 4 * 1.25)
  }

  // Two rounds of 1 s each, found a second late by a program that polls; it ends after the first.
  @Test func roundsWaitForPollsOnlyWhileTheProgramRuns() {
    var model = OverlapModel()
    model.pollingDelay = 1
    let one = [bucket(ready: 0, rounds: 2, latency: 2, transfer: 0)]
    #expect(model.end(of: one, programEnd: 10) == 10)
    #expect(model.end(of: one, programEnd: 2) == 3)
    #expect(model.end(of: one, programEnd: 0) == 2)
  }

  @Test func endsAreMonotone() {
    let buckets = (0..<9).map {
      bucket(ready: Double($0 * 7 % 5), rounds: 6, latency: 0.1, transfer: 0.3)
    }
    let model = OverlapModel()
    var before = 0.0
    for programEnd in stride(from: 0, through: 6, by: 0.25) {
      let end = model.end(of: buckets, programEnd: programEnd)
      let later = buckets.map {
        OverlapModel.Bucket(ready: $0.ready + 0.5, cost: $0.cost)
      }
      let slower = buckets.map {
        bucket(ready: $0.ready, rounds: 6, latency: 0.1, transfer: 2 * $0.cost.transfer)
      }
      #expect(end >= max(programEnd, before))
      #expect(model.end(of: later, programEnd: programEnd) >= end)
      #expect(model.end(of: slower, programEnd: programEnd) > end)
      before = end
    }
  }
}
