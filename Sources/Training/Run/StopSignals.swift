import Foundation
import Glibc
import Synchronization

/// The signals by which a scheduler or a user asks a run to save and stop.
public enum StopSignals {
  private static let numbers = [SIGTERM, SIGINT, SIGUSR1]

  /// SIGTERM, SIGINT and SIGUSR1 set a flag from now on instead of ending the process; to be called by
  /// the thread that computes, before it starts others that do.
  ///
  /// The flag is looked at once a step, and the ranks agree on it. Signals reach none of these
  /// threads: oneDNN's matrix products for AVX-512 keep data below the end of the stack, where the
  /// system would put the frame of a handler, and memory was corrupted once in 20 signals.
  public static func install() {
    // A first use inside the handler would run the initializer there.
    received.store(0, ordering: .relaxed)
    for number in numbers {
      signal(number) { received.store($0, ordering: .relaxed) }
    }
    _ = receiver
    change(SIG_BLOCK)
  }

  // Lives as long as the process.
  private static let receiver: Void = Thread {
    change(SIG_UNBLOCK)
    while true { pause() }
  }.start()

  /// The number of the last signal, nil if there was none.
  public static var last: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  private static func change(_ how: Int32) {
    var set = sigset_t()
    sigemptyset(&set)
    for number in numbers { sigaddset(&set, number) }
    pthread_sigmask(how, &set, nil)
  }
}

private let received = Atomic<Int32>(0)
