import Testing

@testable import Training

@Suite struct StuckRunTests {
  private static let hosts = ["node1", "node1", "node2", "node3"]

  private func report(
    _ rank: Int, begun: [String: Int], open: [(String, Int)] = [], waits: Bool = true,
    quiet: Double = 3
  ) -> WatchdogReport {
    WatchdogReport(
      session: "s", rank: rank, host: Self.hosts[rank], process: 100 + rank, phase: "step 7",
      seconds: 3.2, quietSeconds: quiet, isWaiting: waits && !open.isEmpty, begun: begun,
      open: open.map {
        .init(communicator: $0.0, number: $0.1, operation: "MPI_Iallreduce of 4096 float32")
      }, calls: [])
  }

  private func explain(_ reports: [WatchdogReport]) -> String {
    StuckRun(
      reports: Dictionary(uniqueKeysWithValues: reports.map { ($0.rank, $0) }), hosts: Self.hosts
    ).explanation
  }

  @Test func ranksWithoutAReportAreNamedAndWhatTheOthersWaitFor() {
    let text = explain(
      [0, 1, 3].map { report($0, begun: ["gradients": 5], open: [("gradients", 5)]) })
    #expect(
      text == "rank 2 of 4 on node2 has written nothing (stopped or unreachable); "
        + "ranks 0, 1, 3 wait in call 5 on gradients (MPI_Iallreduce of 4096 float32)")
    #expect(
      explain([report(0, begun: [:])])
        == "ranks 1-3 of 4 on node1, node2, node3 have written nothing (stopped or unreachable)")
  }

  @Test func theRankThatHasNotBegunACallIsNamedWithIt() {
    let waiting = [0, 1, 3].map {
      report($0, begun: ["gradients": 832, "world": 9], open: [("gradients", 831)])
    }
    let busy = report(2, begun: ["gradients": 830, "world": 9], quiet: 301.5)
    #expect(
      explain(waiting + [busy])
        == "rank 2 of 4 on node2 is not in call 831 on gradients "
        + "(MPI_Iallreduce of 4096 float32), in which ranks 0, 1, 3 wait; "
        + "rank 2 has not communicated for 301.5 s")
  }

  @Test func ofSeveralOpenCallsTheFirstThatARankLacksIsNamed() {
    let waiting = [0, 1, 3].map { rank in
      report(rank, begun: ["gradients": 8], open: (5...8).map { ("gradients", $0) })
    }
    let begun = [("gradients", 5), ("gradients", 6)]
    let behind = report(2, begun: ["gradients": 6], open: begun, waits: false)
    #expect(explain(waiting + [behind]).contains("is not in call 7 on gradients"))
  }

  @Test func ofRanksThatWaitForEachOtherNoneIsAtFault() {
    // Rank 0 has all of call 52 and waits in the next one, the others have not.
    let ahead = report(0, begun: ["gradients": 52, "world": 90], open: [("world", 90)])
    let behind = (1..<4).map {
      report($0, begun: ["gradients": 52, "world": 89], open: [("gradients", 52)])
    }
    let text = explain([ahead] + behind)
    #expect(text.hasPrefix("ranks 1-3 of 4 on node1, node2, node3 wait in call 52 on gradients"))
    #expect(text.hasSuffix("whose messages do not arrive"))
  }

  @Test func aCallThatAllHaveBegunPointsToTheNetwork() {
    let text = explain((0..<4).map { report($0, begun: ["world": 5], open: [("world", 5)]) })
    #expect(text.hasPrefix("ranks 0-3 of 4 on node1, node2, node3 wait in call 5 on world"))
    #expect(text.hasSuffix("whose messages do not arrive"))
  }

  @Test func withoutOpenCallsTheQuietestRankIsNamed() {
    let reports = (0..<4).map { report($0, begun: ["world": 5], quiet: $0 == 3 ? 50 : 1) }
    #expect(
      explain(reports)
        == "no rank waits for another; rank 3 has not communicated for 50.0 s")
  }

  @Test func ranksThatDoNotKnowACommunicatorAreNoPartOfIt() {
    let reports = [
      report(0, begun: ["world": 5, "part 0 of world": 2], open: [("part 0 of world", 2)]),
      report(1, begun: ["world": 5, "part 0 of world": 1]),
      report(2, begun: ["world": 5]), report(3, begun: ["world": 5]),
    ]
    #expect(explain(reports).hasPrefix("rank 1 of 4 on node1 is not in call 2 on part 0 of world"))
  }

  @Test func longListsOfRanksAreShortened() {
    #expect([4].rankList == "rank 4")
    #expect([0, 1].rankList == "ranks 0, 1")
    #expect([0, 1, 2, 3, 7, 9, 10].rankList == "ranks 0-3, 7, 9, 10")
    let even = (0..<20).map { 2 * $0 }
    #expect(even.rankList == "ranks 0, 2, 4, 6, 8, 10, 12, 14 and 12 more")
  }
}
