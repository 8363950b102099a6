import Randomness

/// The order in which a run walks through a data set.
///
/// The training examples of a run are numbered by their position, from 0 through all epochs.
/// What lies at a position is a pure function of (count, seed, position), whoever asks and in
/// whatever order; only the permutation of the epoch asked for last is kept, to save time.
public struct ExampleOrder: Sendable {
  /// What a run meets at a position.
  public struct Entry: Sendable, Equatable {
    /// How many times the whole data set has been seen before.
    public let epoch: Int

    /// The number of the example in the data set.
    public let index: Int

    /// Whether the image is mirrored left to right.
    public let flipped: Bool
  }

  /// The number of examples of the data set.
  public let count: Int

  private let seed: UInt64
  private let flips: Bool
  private var epoch: Int
  private var permutation: Permutation

  /// Defines the order of a data set of `count` examples.
  ///
  /// If `flips` is true, every example is mirrored with probability one half in each epoch.
  public init(count: Int, seed: UInt64, flips: Bool) {
    precondition(count > 0, "an order needs examples")
    self.count = count
    self.seed = seed
    self.flips = flips
    epoch = 0
    permutation = Permutation(count: count, seed: seed, epoch: 0)
  }

  /// Returns what lies at a position of the run.
  public mutating func entry(at position: Int) -> Entry {
    let (epoch, offset) = position.quotientAndRemainder(dividingBy: count)
    if epoch != self.epoch {
      self.epoch = epoch
      permutation = Permutation(count: count, seed: seed, epoch: UInt64(epoch))
    }
    let index = permutation.index(at: offset)
    return Entry(epoch: epoch, index: index, flipped: flips && isFlipped(index, in: epoch))
  }

  private func isFlipped(_ index: Int, in epoch: Int) -> Bool {
    let stream = RandomStream(
      seed: seed, purpose: .flip, step: UInt64(epoch), example: UInt64(index))
    return stream.word(at: 0) & 1 == 1
  }

  /// Returns the positions of a global batch that one of several ranks works on.
  ///
  /// The ranks' ranges partition the batch in the order of the ranks, and their lengths differ
  /// by at most one.
  ///
  /// - Parameters:
  ///   - step: The number of the batch in the run, from 0.
  ///   - globalBatch: The number of examples of one step on all ranks together.
  ///   - rank: The rank that asks.
  ///   - ranks: The number of ranks.
  /// - Returns: Positions of the run, for `entry(at:)`.
  public static func shard(
    ofBatchAt step: Int, globalBatch: Int, rank: Int, ranks: Int
  ) -> Range<Int> {
    precondition((0..<ranks).contains(rank), "rank \(rank) of \(ranks)")
    let start = step * globalBatch
    return start + globalBatch * rank / ranks..<start + globalBatch * (rank + 1) / ranks
  }
}
