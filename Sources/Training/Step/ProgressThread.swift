import Foundation
import MPI
import Synchronization

/// Lets MPI work while the thread that has started communication computes.
///
/// Open MPI moves messages inside its own calls only, and a convolution may take longer than a link
/// needs for what its buffers hold. The thread sleeps most of the time.
final class ProgressThread {
  /// The time between two calls.
  static let interval = Duration.microseconds(200)

  private let communicator: Communicator
  private let worker: WorkerThread
  private let flag = Flag()

  /// Starts the thread, unless MPI lets only one thread call it at a time or the system refuses.
  ///
  /// - Parameter communicator: The ranks; it must have no messages between two of them.
  init?(over communicator: Communicator) {
    guard communicator.size > 1, (try? MPIEnvironment.start().threadLevel) == .multiple,
      let worker = try? WorkerThread()
    else { return nil }
    self.communicator = communicator
    self.worker = worker
  }

  deinit {
    stop()
  }

  /// Lets MPI work from now on; does nothing if it already does.
  func start() {
    guard flag.isStopped.exchange(false, ordering: .acquiringAndReleasing) else { return }
    worker.start { [communicator, flag] in
      while !flag.isStopped.load(ordering: .acquiring) {
        try communicator.progress()
        usleep(UInt32(Self.interval / .microseconds(1)))
      }
    }
  }

  /// Ends that and waits until the thread makes no call any more.
  ///
  /// An error of MPI comes up again in the communication itself.
  func stop() {
    flag.isStopped.store(true, ordering: .releasing)
    try? worker.wait()
  }
}

// Of its own, since the thread must be able to read it while the owner goes.
private final class Flag: Sendable {
  let isStopped = Atomic(true)
}
