import Foundation

/// Limits that a container or batch system sets for this process (Linux control groups, versions 1
/// and 2: "Control Group v2" and "cgroup-v1" in the kernel's administrator's guide).
enum ControlGroup {
  private static let root = "/sys/fs/cgroup"

  /// Bytes of memory that the process may still take; nil without a limit.
  static var memoryLeft: Int? {
    folders(of: "memory").compactMap { folder in
      let names =
        folder.isUnified
        ? ("memory.max", "memory.current", "inactive_file")
        : ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
      guard let limit = number(folder.path + "/" + names.0), limit < 1 << 60,
        let used = number(folder.path + "/" + names.1)
      else { return nil }
      // Copies of files that nobody uses are given back when memory runs short.
      return limit - used + statistic(names.2, in: folder.path + "/memory.stat")
    }.min()
  }

  /// The cores of which the process may use the time; nil without a limit.
  static var processorQuota: Double? {
    folders(of: "cpu").compactMap { folder in
      guard folder.isUnified else {
        guard let quota = number(folder.path + "/cpu.cfs_quota_us"), quota > 0,
          let period = number(folder.path + "/cpu.cfs_period_us"), period > 0
        else { return nil }
        return Double(quota) / Double(period)
      }
      let parts = (text(folder.path + "/cpu.max") ?? "").split(separator: " ").map { Double($0) }
      guard parts.count == 2, let quota = parts[0], let period = parts[1] else { return nil }
      return quota / period
    }.min()
  }

  // The folders of the process's group and of those above it, each of which may have a limit.
  private static func folders(of controller: String) -> [(path: String, isUnified: Bool)] {
    let lines = (text("/proc/self/cgroup") ?? "").split(separator: "\n")
    return lines.flatMap { line -> [(path: String, isUnified: Bool)] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains(Substring(controller)) else {
        return []
      }
      let base = isUnified ? root : "\(root)/\(controller)"
      let names = parts[2].split(separator: "/")
      return (0...names.count).map { depth in
        (base + names.prefix(depth).map { "/" + $0 }.joined(), isUnified)
      }
    }
  }

  private static func statistic(_ name: String, in file: String) -> Int {
    let line = (text(file) ?? "").split(separator: "\n").first { $0.hasPrefix(name + " ") }
    return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }

  private static func number(_ file: String) -> Int? {
    text(file).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private static func text(_ file: String) -> String? {
    try? String(contentsOfFile: file, encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
