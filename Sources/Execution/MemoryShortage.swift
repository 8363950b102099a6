public import Autodiff
import Glibc

/// Something is larger than the memory of this machine, for the most part tensors of a program.
public struct MemoryShortage: Error, Hashable, CustomStringConvertible {
  /// Bytes that it takes.
  public let needed: Int
  /// Bytes that the machine has.
  public let present: Int

  /// Both figures in one line.
  public var description: String {
    "tensors take \(needed >> 20) MiB, the machine has \(present >> 20) MiB"
  }

  /// Bytes of memory that the machine has.
  static let physicalBytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))

  /// Refuses a program that does not fit, before anything is compiled.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - options: How it will be compiled.
  ///   - copies: How many of it there will be.
  /// - Throws: What is missing.
  public static func check(
    _ program: Program, options: CompileOptions, copies: Int = 1
  ) throws(MemoryShortage) {
    let stride = MemoryLayout<Float>.stride * copies
    // Without any sharing; few programs come near the limit, and planning takes a second or more.
    let elements = program.nodes.reduce(0) { $0 + $1.shape.count }
    guard elements * stride > physicalBytes else { return }
    let scheduled = ScheduledProgram(program, options)
    let lifetimes = Lifetimes(
      scheduled.schedule, scheduled.lowering.nodes, results: scheduled.lowering.results)
    try refuse(bytes: MemoryPlan(lifetimes.requests).arenaCount * stride)
  }

  /// Refuses more bytes than the machine has.
  ///
  /// - Parameter bytes: What is asked for.
  /// - Throws: What is missing.
  public static func refuse(bytes: Int) throws(MemoryShortage) {
    guard bytes > physicalBytes else { return }
    throw MemoryShortage(needed: bytes, present: physicalBytes)
  }
}
