import Foundation
import MPI
import RunConfiguration

/// Whether each thread of each rank has a core for itself.
struct CoreCheck: PreflightCheck {
  let name = "cores"

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    let world = context.world
    let allowed = try world.allGatherStrings(Self.allowedCores)
    let threads = try world.allGather(Int64(context.settings?.numerics.replicas ?? 1)).map {
      Int($0)
    }
    let quotas = try world.allGather(ControlGroup.processorQuota ?? 0)
    finding.measurements = [
      "threads": threads.map(Double.init), "cores": allowed.map { Double(Self.count(of: $0)) },
      "quota": quotas,
    ]
    finding.figure =
      "\(Quantity.count(threads.reduce(0, +), "thread")) of \(Quantity.count(world.size, "rank"))"
      + " on \(Quantity.count(context.machines.count, "host")); rank 0 may use cores \(allowed[0])"
    for (host, ranks) in context.machines {
      warnOfCrowds(ranks, threads, allowed, &finding, context)
      let wanted = ranks.reduce(0) { $0 + threads[$1] }
      if let quota = ranks.map({ quotas[$0] }).filter({ $0 > 0 }).min(), Double(wanted) > quota {
        finding.warn(
          "\(host): \(Quantity.count(wanted, "thread")), but its control group allows"
            + " \(quota.rounded(toDigits: 1)) cores")
      }
    }
    return finding
  }

  // Ranks of one machine that may use the same cores share these.
  private func warnOfCrowds(
    _ ranks: [Int], _ threads: [Int], _ allowed: [String], _ finding: inout PreflightFinding,
    _ context: PreflightContext
  ) {
    let groups = Dictionary(grouping: ranks) { allowed[$0] }
    let largest = groups.keys.map(Self.count).max() ?? 0
    let machine = max(largest, ProcessInfo.processInfo.processorCount)
    for (cores, ranks) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      let (wanted, given) = (ranks.reduce(0) { $0 + threads[$1] }, Self.count(of: cores))
      guard wanted > given else { continue }
      finding.warn(
        "\(context.name(of: ranks)): \(Quantity.count(wanted, "thread")) on"
          + " \(given == 1 ? "core" : "cores") \(cores)"
          + (given < machine ? " (mpirun --bind-to none frees them)" : ""))
    }
  }

  // As the system writes them, such as `0-3,8`.
  private static var allowedCores: String {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
    let list = line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    return list ?? "0-\(ProcessInfo.processInfo.activeProcessorCount - 1)"
  }

  private static func count(of list: String) -> Int {
    list.split(separator: ",").reduce(0) { count, part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      return count + (ends.last ?? 0) - (ends.first ?? 0) + 1
    }
  }
}
