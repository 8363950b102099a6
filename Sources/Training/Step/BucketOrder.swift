/// A range of the gradient that is reduced at once.
struct GradientBucket: Equatable {
  /// The elements.
  let range: Range<Int>
  /// The rank that gets the sum; nil for all.
  let owner: Int?

  /// Which ranks get the sums.
  enum Ownership {
    /// All ranks get all sums.
    case everyone
    /// Each rank gets those of one part of the gradient; the parts in the order of the ranks.
    case parts([Range<Int>])
    /// So many ranks get one bucket after the other.
    case inTurn(ranks: Int)

    /// Cuts a gradient into buckets of at most `length` elements.
    func buckets(of count: Int, length: Int) -> [GradientBucket] {
      switch self {
      case .everyone: Self.cut(0..<count, length).map { GradientBucket(range: $0, owner: nil) }
      case .parts(let parts):
        parts.enumerated().flatMap { rank, part in
          Self.cut(part, length).map { GradientBucket(range: $0, owner: rank) }
        }
      case .inTurn(let ranks):
        Self.cut(0..<count, length).enumerated().map {
          GradientBucket(range: $1, owner: $0 % ranks)
        }
      }
    }

    private static func cut(_ range: Range<Int>, _ length: Int) -> [Range<Int>] {
      stride(from: range.lowerBound, to: range.upperBound, by: length).map {
        $0..<min($0 + length, range.upperBound)
      }
    }
  }
}

/// Buckets in the order in which they are posted, the same on all ranks.
///
/// A bucket goes out when it is complete. Of those that wait for a slow link, owners take turns, because
/// what goes to different ranks crosses different links, or one link in both directions.
struct BucketOrder {
  /// A bucket, and the number of the program's steps after which it is complete.
  typealias Entry = (bucket: GradientBucket, completion: Int)

  // What reductions take of the program's time where the order matters, as in `EarlyGradients`.
  private static let communication = 0.5

  let entries: [Entry]

  /// - Parameters:
  ///   - buckets: The buckets.
  ///   - completions: For each part of the gradient the number of steps after which it does not change
  ///     any more. A bucket is complete with the last of its parts; without parts, at the end.
  init(_ buckets: [GradientBucket], completions: [(part: Range<Int>, steps: Int)]) {
    let complete = buckets.map { bucket -> Entry in
      let parts = completions.filter { $0.part.overlaps(bucket.range) }
      return (bucket, parts.map(\.steps).max() ?? Int.max)
    }.sorted {
      ($0.completion, $0.bucket.range.lowerBound) < ($1.completion, $1.bucket.range.lowerBound)
    }
    entries = Self.withOwnersInTurn(complete)
  }

  private static func withOwnersInTurn(_ complete: [Entry]) -> [Entry] {
    let steps = complete.last { $0.completion < Int.max }?.completion ?? 0
    let stepsOfBucket = communication * Double(steps) / Double(max(1, complete.count))
    var (waiting, turns, now) = (complete[...], [Int?: Int](), 0.0)
    var inTurn: [Entry] = []
    while let first = waiting.first {
      now = max(now, Double(first.completion))
      let ready = waiting.prefix { Double($0.completion) <= now }
      let next =
        ready.indices.min {
          (turns[ready[$0].bucket.owner, default: 0], $0)
            < (turns[ready[$1].bucket.owner, default: 0], $1)
        } ?? waiting.startIndex
      turns[waiting[next].bucket.owner, default: 0] += 1
      inTurn.append(waiting.remove(at: next))
      now += stepsOfBucket
    }
    return inTurn
  }
}
