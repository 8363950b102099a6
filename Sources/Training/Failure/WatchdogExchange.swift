import Checkpoints
import Foundation
import Synchronization

/// Reports of the ranks as files in a folder, written and read on a thread of its own.
final class WatchdogExchange: Sendable {
  private struct State {
    var reports: [Int: WatchdogReport] = [:]
    var hasWritten = false
    var lowerRank: Int?
    var isOver = false
  }

  private let own: WatchdogReport
  private let size: Int
  private let folder: URL
  private let deadline: ContinuousClock.Instant
  private let state = Mutex(State())

  init(
    _ own: WatchdogReport, size: Int, in folder: URL, until deadline: ContinuousClock.Instant
  ) {
    (self.own, self.size, self.folder, self.deadline) = (own, size, folder, deadline)
    state.withLock { $0.reports[own.rank] = own }
  }

  /// The reports known so far, this rank's among them.
  var reports: [Int: WatchdogReport] { state.withLock { $0.reports } }
  /// Whether this rank's report is in the folder.
  var hasWritten: Bool { state.withLock { $0.hasWritten } }
  /// A lower rank that has written, which will speak.
  var lowerRank: Int? { state.withLock { $0.lowerRank } }
  /// Whether all has been read that will be.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// Writes this rank's report and reads those of the others.
  func run() {
    write()
    if own.rank == 0 {
      while !readAll(), ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.1) }
    } else {
      // Thousands of ranks need not read thousands of files each.
      while read(0) == nil, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.5) }
      let lower = (0..<own.rank).first { read($0) != nil }
      state.withLock { $0.lowerRank = lower }
      if lower == nil { _ = readAll() }
    }
    state.withLock { $0.isOver = true }
  }

  /// Takes this rank's report back.
  func withdraw() { try? FileManager.default.removeItem(at: file(own.rank)) }

  private func write() {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let text = String(decoding: try encoder.encode(own), as: UTF8.self) + "\n"
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try AtomicFile.write(text, to: file(own.rank))
      state.withLock { $0.hasWritten = true }
    } catch {
      // Without files the rank knows of itself only, and says so.
    }
  }

  // Returns whether all ranks have written.
  private func readAll() -> Bool {
    let known = reports
    for rank in 0..<size where known[rank] == nil {
      if let report = read(rank) { state.withLock { $0.reports[rank] = report } }
    }
    return reports.count == size
  }

  private func read(_ rank: Int) -> WatchdogReport? {
    guard let data = try? Data(contentsOf: file(rank)),
      let report = try? JSONDecoder().decode(WatchdogReport.self, from: data),
      report.session == own.session
    else { return nil }
    return report
  }

  private func file(_ rank: Int) -> URL {
    let digits = String(rank)
    let name = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    return folder.appending(path: "rank-\(name).json")
  }
}
