/// The fixed division of a set of samples into groups that are generated together.
///
/// Langevin and solver step sizes couple the examples of a group, so the group size is part of a
/// sample set's definition; the number of ranks is not. Ranks may take whole groups each, or share
/// every group through a `BatchCoupling`.
public struct SampleGroups: Sendable, Hashable, RandomAccessCollection {
  /// Number of samples in the set.
  public let samples: Int
  /// Number of samples in a group; the last group may hold fewer.
  public let groupSize: Int

  /// Divides `0..<samples` into groups.
  ///
  /// - Parameters:
  ///   - samples: number of samples, not negative.
  ///   - groupSize: number of samples in a group, positive.
  /// - Throws: `ScoresError.invalidSetting`.
  public init(samples: Int, groupSize: Int) throws(ScoresError) {
    try require(samples >= 0, "number of samples", found: samples, expected: "0 or more")
    try require(groupSize >= 1, "sample group size", found: groupSize, expected: "at least 1")
    self.samples = samples
    self.groupSize = groupSize
  }

  /// The position of the first group.
  public var startIndex: Int { 0 }

  /// The position after the last group.
  public var endIndex: Int { (samples + groupSize - 1) / groupSize }

  /// The global indices of the examples of a group.
  public subscript(group: Int) -> Range<Int> {
    group * groupSize..<Swift.min((group + 1) * groupSize, samples)
  }

  /// The contiguous part of a group that one rank holds when all ranks share the group.
  ///
  /// - Parameters:
  ///   - group: position of the group.
  ///   - rank: the rank, in `0..<size`.
  ///   - size: number of ranks.
  /// - Returns: global indices, empty where there are more ranks than examples.
  public func share(of group: Int, rank: Int, size: Int) -> Range<Int> {
    let examples = self[group]
    let start = examples.lowerBound + examples.count * rank / size
    return start..<examples.lowerBound + examples.count * (rank + 1) / size
  }
}
