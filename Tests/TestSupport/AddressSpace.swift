import Foundation

/// The memory of this process as a test bounds it.
public enum AddressSpace {
  /// Does work that may take only so much more memory than there is now.
  ///
  /// An allocation beyond that fails, and with it the whole process.
  ///
  /// - Parameters:
  ///   - bytes: How much more.
  ///   - work: What is done.
  /// - Returns: What the work returns.
  /// - Throws: What the work throws.
  public static func growing<Value>(byAtMost bytes: Int, _ work: () throws -> Value) throws
    -> Value
  {
    var before = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &before)
    var limited = before
    limited.rlim_cur = min(before.rlim_cur, rlim_t(try used() + bytes))
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limited)
    defer { setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &before) }
    return try work()
  }

  /// The mapped bytes: the first number of `/proc/self/statm`, in pages.
  private static func used() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let pages = text.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
