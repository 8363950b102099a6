import Foundation
import MPI

/// How far the clocks of the hosts are apart.
///
/// Rank 0 asks each rank for its time and takes the middle between question and answer for its own;
/// of several answers the fastest counts (Cristian, "Probabilistic clock synchronization",
/// Distributed Computing 3, 1989).
struct ClockCheck: PreflightCheck {
  let name = "clocks"
  let needsOtherRanks = true

  private static let questions = 10
  // Logs of hosts whose clocks differ by more than this cannot be read together.
  private static let tolerated = 1.0

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    let (offsets, errors) = try offsets(over: context.world)
    let farthest = offsets.indices.max { abs(offsets[$0]) < abs(offsets[$1]) } ?? 0
    finding.measurements = ["offset_seconds": offsets, "error_seconds": errors]
    finding.figure =
      "at most \(Quantity.time(abs(offsets[farthest]))) from rank 0,"
      + " known to \(Quantity.time(errors[farthest]))"
    var late: [Int: String] = [:]
    for (rank, offset) in offsets.enumerated() where abs(offset) - errors[rank] > Self.tolerated {
      late[rank] = "\(Quantity.time(abs(offset))) \(offset > 0 ? "ahead of" : "behind") rank 0"
    }
    for line in context.lines(late) { finding.warn(line) }
    return finding
  }

  private func offsets(
    over world: Communicator
  ) throws(MPIError) -> (offsets: [Double], errors: [Double]) {
    var offsets = [Double](repeating: 0, count: world.size)
    var errors = offsets
    if world.rank == 0 {
      for rank in 1..<world.size {
        (offsets[rank], errors[rank]) = try offset(of: rank, over: world)
      }
    } else {
      for _ in 0..<Self.questions {
        _ = try world.receive(arrayOf: Int64.self, from: 0)
        try world.send([Self.now], to: 0)
      }
    }
    try world.broadcast(&offsets)
    try world.broadcast(&errors)
    return (offsets, errors)
  }

  private func offset(
    of rank: Int, over world: Communicator
  ) throws(MPIError) -> (offset: Double, error: Double) {
    var best = (offset: 0.0, error: Double.infinity)
    for _ in 0..<Self.questions {
      let asked = Self.now
      try world.send([asked], to: rank)
      let answer = try world.receive(arrayOf: Int64.self, from: rank).values[0]
      let answered = Self.now
      let error = Double(answered - asked) * 0.5e-9
      guard error < best.error else { continue }
      best = (Double(answer - asked) * 1e-9 - error, error)
    }
    return best
  }

  // Nanoseconds of the clock that people see.
  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
