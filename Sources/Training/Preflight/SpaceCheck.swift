import Checkpoints
import Foundation
import MPI
import RunConfiguration

/// Whether the run folder has room for the checkpoints that are kept and the one being written.
struct SpaceCheck: PreflightCheck {
  let name = "space"

  private struct Room {
    let free: Int
    let complete: Int
    let kept: Int
    let keptForEver: Int
  }

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    guard let folder = context.folder else {
      finding.skip("no --run")
      return finding
    }
    guard let plan = try context.plan() else {
      finding.skip("the settings do not tell the size of a checkpoint")
      return finding
    }
    let (room, failures) = try context.world.attempt {
      try context.world.rank == 0 ? measure(folder, context.resolved.get()) : nil
    }
    finding.fail(failures, context)
    guard let shared = try share(room ?? nil, over: context.world) else { return finding }
    judge(shared, checkpoint: plan.checkpoint, host: context.hosts[0], &finding)
    return finding
  }

  private func judge(
    _ room: Room, checkpoint: Int, host: String, _ finding: inout PreflightFinding
  ) {
    let needed = max(1, room.kept + 1 - room.complete) * checkpoint
    finding.measurements = [
      "free_bytes": [Double(room.free)], "needed_bytes": [Double(needed)],
      "checkpoint_bytes": [Double(checkpoint)],
    ]
    finding.figure =
      "\(Quantity.bytes(room.free)) free, \(Quantity.bytes(needed)) needed for"
      + " \(room.kept) + 1 checkpoints of \(Quantity.bytes(checkpoint))"
    if room.free < needed {
      finding.fail(
        "on \(host): \(Quantity.bytes(room.free)) are free, expected \(Quantity.bytes(needed)):"
          + " free some, or lower checkpoint.keep_last", .data)
    } else if room.free < needed + room.keptForEver * checkpoint {
      finding.warn(
        "the \(room.keptForEver) checkpoints of checkpoint.keep_every need"
          + " \(Quantity.bytes(room.keptForEver * checkpoint)) in the course of the run")
    }
  }

  private func measure(_ folder: RunFolder, _ settings: RunSettings) throws -> Room {
    var url = folder.url.standardizedFileURL
    while url.path != "/", !FileManager.default.fileExists(atPath: url.path) {
      url.deleteLastPathComponent()
    }
    var status = statvfs()
    guard statvfs(url.path, &status) == 0 else {
      throw CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: url.path])
    }
    let checkpoint = settings.checkpoint
    return Room(
      free: Int(status.f_bavail) * Int(status.f_frsize),
      complete: min(try folder.checkpoints.completeSteps().count, checkpoint.keepLast),
      kept: checkpoint.keepLast,
      keptForEver: checkpoint.keepEvery > 0 ? settings.training.steps / checkpoint.keepEvery : 0)
  }

  // Rank 0's numbers on all ranks, nil if it has none.
  private func share(_ room: Room?, over world: Communicator) throws(MPIError) -> Room? {
    var numbers =
      room.map { [$0.free, $0.complete, $0.kept, $0.keptForEver].map(Int64.init) } ?? []
    try world.broadcast(&numbers)
    guard numbers.count == 4 else { return nil }
    return Room(
      free: Int(numbers[0]), complete: Int(numbers[1]), kept: Int(numbers[2]),
      keptForEver: Int(numbers[3]))
  }
}
