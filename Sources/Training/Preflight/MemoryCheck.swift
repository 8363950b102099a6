import Foundation
import MPI

/// Whether each host has memory for what its ranks will take.
struct MemoryCheck: PreflightCheck {
  let name = "memory"

  // Below this share of the memory that is left, files are no longer kept in memory.
  private static let comfortable = 0.9

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    let available = try context.world.allGather(Int64(Self.available)).map { Int($0) }
    guard let plan = try context.plan() else {
      finding.skip("the settings do not tell what a rank takes")
      return finding
    }
    finding.measurements = [
      "available_bytes": available.map(Double.init), "rank_bytes": [Double(plan.rank)],
    ]
    var tightest = (host: "", share: -1.0, text: "")
    for (host, ranks) in context.machines {
      // A control group may leave some ranks less than others.
      let (free, needed) = (ranks.map { available[$0] }.min() ?? 0, ranks.count * plan.rank)
      let share = Double(needed) / Double(max(free, 1))
      let text =
        "\(Quantity.bytes(needed)) for \(Quantity.count(ranks.count, "rank")),"
        + " \(Quantity.bytes(free)) available"
      if share > tightest.share { tightest = (host, share, text) }
      if share > 1 {
        finding.fail("\(host): \(text)", .communication)
      } else if share > Self.comfortable {
        finding.warn("\(host): \(text)")
      }
    }
    finding.figure = "\(tightest.host): \(tightest.text)"
    return finding
  }

  private static var available: Int {
    let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    let host = kibibytes.map { $0 * 1024 } ?? Int(ProcessInfo.processInfo.physicalMemory)
    return min(host, ControlGroup.memoryLeft ?? .max)
  }
}
