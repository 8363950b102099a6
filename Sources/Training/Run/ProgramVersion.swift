/// The version of the program, written into run folders and checkpoints.
public enum ProgramVersion {
  /// The version of this build.
  public static let current = "0.1.0"
}
