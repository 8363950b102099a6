import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct WatchdogExchangeTests {
  private func exchange(
    _ rank: Int, _ session: String, of size: Int, in folder: URL, wait: Duration = .zero
  ) -> WatchdogExchange {
    let report = WatchdogReport(
      session: session, rank: rank, host: "host", process: 1, phase: "step 1", seconds: 1,
      quietSeconds: 1, isWaiting: false, begun: ["world": rank], open: [], calls: ["a call"])
    return WatchdogExchange(report, size: size, in: folder, until: .now + wait)
  }

  @Test func rankZeroReadsWhatTheOthersHaveWritten() throws {
    let parent = try TemporaryFolder()
    let folder = parent.url.appending(path: "watchdog")
    let last = exchange(2, "new", of: 3, in: folder)
    last.run()
    #expect(last.hasWritten && last.isOver && last.lowerRank == nil)
    // Of another session, which says nothing about this one.
    exchange(1, "old", of: 3, in: folder).run()
    let first = exchange(0, "new", of: 3, in: folder)
    first.run()
    #expect(first.reports.keys.sorted() == [0, 2])
    #expect(first.reports[2]?.begun == ["world": 2])
  }

  @Test func onlyTheLowestRankThatHasWrittenSpeaks() throws {
    let parent = try TemporaryFolder()
    exchange(1, "s", of: 4, in: parent.url).run()
    let other = exchange(3, "s", of: 4, in: parent.url)
    other.run()
    #expect(other.lowerRank == 1)
    let lowest = exchange(1, "s", of: 4, in: parent.url)
    lowest.run()
    #expect(lowest.lowerRank == nil && lowest.reports.keys.sorted() == [1, 3])
  }

  @Test func reportsAreTakenBack() throws {
    let parent = try TemporaryFolder()
    let exchange = exchange(0, "s", of: 1, in: parent.url)
    exchange.run()
    let file = parent.url.appending(path: "rank-00000.json")
    #expect(FileManager.default.fileExists(atPath: file.path))
    exchange.withdraw()
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func foldersThatCannotBeWrittenAreNoObstacle() {
    let exchange = exchange(0, "s", of: 2, in: URL(filePath: "/dev/null/watchdog"))
    exchange.run()
    #expect(exchange.isOver && !exchange.hasWritten && exchange.reports.count == 1)
  }
}
