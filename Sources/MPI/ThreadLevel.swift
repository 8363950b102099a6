import CMPIShims

/// How freely the threads of a process may call MPI (MPI 3.1, section 12.4.3).
public enum ThreadLevel: Int, Sendable, Comparable, CaseIterable {
  /// The process has one thread.
  case single
  /// Only the thread that started MPI calls it.
  case funneled
  /// Any thread calls MPI, one at a time.
  case serialized
  /// Any thread calls MPI at any time.
  case multiple

  init(mpiValue: CInt) {
    switch Int(mpiValue) {
    case MPI_THREAD_MULTIPLE: self = .multiple
    case MPI_THREAD_SERIALIZED: self = .serialized
    case MPI_THREAD_FUNNELED: self = .funneled
    default: self = .single
    }
  }

  var mpiValue: CInt {
    switch self {
    case .single: CInt(MPI_THREAD_SINGLE)
    case .funneled: CInt(MPI_THREAD_FUNNELED)
    case .serialized: CInt(MPI_THREAD_SERIALIZED)
    case .multiple: CInt(MPI_THREAD_MULTIPLE)
    }
  }

  /// Returns whether `left` allows less than `right`.
  public static func < (left: ThreadLevel, right: ThreadLevel) -> Bool {
    left.rawValue < right.rawValue
  }
}
