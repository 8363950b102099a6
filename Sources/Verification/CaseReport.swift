/// How the results of a reference case compare with what is expected.
public struct CaseReport: Sendable, Equatable {
  /// The comparison of one tensor.
  public struct Tensor: Sendable, Equatable {
    /// The name of the tensor in the case.
    public let name: String
    /// The largest error in units of the tensor's scale; infinite where there is no result.
    public let error: Double
    /// The largest error that passes.
    public let tolerance: Double
    /// Whether the comparison counts; the number of steps of an adaptive solver does not.
    public let isBinding: Bool

    /// Whether the error is within the tolerance, or does not count.
    public var passed: Bool { !isBinding || error <= tolerance }
  }

  /// The name of the case.
  public let name: String
  /// The comparisons in the order of the names.
  public let tensors: [Tensor]
  /// What to know about the comparison, such as defects of the reference.
  public let notes: [String]

  /// Whether all tensors passed.
  public var passed: Bool { tensors.allSatisfy(\.passed) }

  /// The tensor with the largest error in units of its tolerance, among those that count.
  public var worst: Tensor? {
    tensors.filter(\.isBinding).max { $0.error / $0.tolerance < $1.error / $1.tolerance }
  }

  /// The tensors that failed, the worst first.
  public var failures: [Tensor] {
    tensors.filter { !$0.passed }.sorted { $0.error / $0.tolerance > $1.error / $1.tolerance }
  }
}
