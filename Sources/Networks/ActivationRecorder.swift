public import Autodiff

/// Collects what each module of a network returns, to find the first one that is wrong.
public final class ActivationRecorder {
  /// The module's name and output, in the order of evaluation.
  public private(set) var activations: [(name: String, value: Value)] = []

  /// Creates a recorder without activations.
  public init() {}

  func record(_ value: Value, of module: String) {
    activations.append((module, value))
  }
}
