/// Why a session of training ended; the state is saved in each case.
public enum TrainingOutcome: String, Sendable {
  /// All steps are done.
  case finished
  /// A signal asked for it; the same command continues.
  case stopped
  /// The time that the settings allow is used up; the same command continues.
  case timeUp = "time_up"
}
