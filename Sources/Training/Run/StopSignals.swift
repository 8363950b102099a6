import Glibc
import Synchronization

/// The signals by which a scheduler or a user asks a run to save and stop.
public enum StopSignals {
  /// SIGTERM, SIGINT and SIGUSR1 set a flag from now on instead of ending the process.
  ///
  /// The flag is looked at once a step, and the ranks agree on it.
  public static func install() {
    // A first use inside the handler would run the initializer there.
    received.store(0, ordering: .relaxed)
    for number in [SIGTERM, SIGINT, SIGUSR1] {
      signal(number) { received.store($0, ordering: .relaxed) }
    }
  }

  /// The number of the last signal, nil if there was none.
  public static var last: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}

private let received = Atomic<Int32>(0)
