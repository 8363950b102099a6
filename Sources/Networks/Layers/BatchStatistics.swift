public import Autodiff

/// The mode of batch normalization in training: statistics of the batch, and what follows from them.
///
/// Layers normalize with the mean and variance of a fixed number of consecutive examples. The
/// number does not depend on how a batch is spread over ranks, so neither do the results; it is the
/// batch of one device where the literature speaks of local statistics, and the global batch for
/// synchronized ones.
public final class BatchStatistics {
  /// The number of consecutive examples that share their statistics; nil for the whole batch.
  public let group: Int?

  /// The running statistics that layers keep, with those of the batch: for a parameter `[C]` its
  /// mean over the groups, `[C]`, in the order of evaluation.
  public private(set) var moments: [(parameter: Parameter, value: Value)] = []

  /// Creates the mode of one evaluation of a network.
  public init(group: Int? = nil) {
    precondition(group ?? 1 >= 1, "a group of \(group ?? 0) examples, expected at least 1")
    self.group = group
  }

  /// The number of examples of each group of a batch.
  func groupSize(of batch: Int) -> Int {
    let size = group ?? batch
    precondition(batch.isMultiple(of: size), "\(batch) examples do not form groups of \(size)")
    return size
  }

  func record(_ value: Value, of parameter: Parameter) {
    moments.append((parameter, value))
  }
}
