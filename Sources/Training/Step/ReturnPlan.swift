/// In which order the sums of buckets come back to all ranks from those that have them, the same on
/// all ranks.
///
/// The order assumes that sums come back in the gaps between reductions, and after the last one while
/// the next step computes; of those that wait, what a program needs first comes first.
struct ReturnPlan {
  /// A bucket, and the number of reductions that must be over before it can come back.
  typealias Entry = (bucket: GradientBucket, reductions: Int)

  // The time of all reductions, and that of all returns, in units of the program's time where the
  // order matters: each half of what `BucketOrder` assumes.
  private static let communication = 0.25

  let entries: [Entry]
  /// How many steps of the program are done when it first needs each bucket, by the bucket's first
  /// element.
  let needs: [Int: Int]

  /// - Parameters:
  ///   - order: The order of the reductions.
  ///   - firstUses: For each part of the gradient the number of steps that are done when the program
  ///     first needs it or its weights.
  ///   - timeShare: The part of the program's time that so many of its steps take.
  init(
    _ order: BucketOrder, firstUses: [(part: Range<Int>, steps: Int)], timeShare: (Int) -> Double
  ) {
    let needs = order.entries.reduce(into: [Int: Int]()) { needs, entry in
      let uses = firstUses.filter { $0.part.overlaps(entry.bucket.range) }.map(\.steps)
      needs[entry.bucket.range.lowerBound] = uses.min() ?? 0
    }
    func isSooner(_ left: Entry, _ right: Entry) -> Bool {
      (needs[left.bucket.range.lowerBound] ?? 0, left.reductions)
        < (needs[right.bucket.range.lowerBound] ?? 0, right.reductions)
    }
    let cost = Self.communication / Double(max(1, order.entries.count))
    var (entries, waiting, now) = ([Entry](), [Entry](), 0.0)
    for (number, (bucket, completion)) in order.entries.enumerated() {
      let ready = timeShare(completion)
      while now < ready,
        let next = waiting.indices.min(by: { isSooner(waiting[$0], waiting[$1]) })
      {
        entries.append(waiting.remove(at: next))
        now += cost
      }
      now = max(now, ready) + cost
      waiting.append((bucket, number + 1))
    }
    self.entries = entries + waiting.sorted(by: isSooner)
    self.needs = needs
  }

  /// How many entries must have come back before a program goes on.
  ///
  /// - Parameter needs: The needs of that program.
  /// - Returns: Numbers of entries, each with the number of the program's steps before which they are
  ///   needed, both rising.
  func requirements(of needs: [Int: Int]) -> [(steps: Int, entries: Int)] {
    let dated = entries.enumerated().map { number, entry in
      (steps: needs[entry.bucket.range.lowerBound] ?? 0, entries: number + 1)
    }
    var most = 0
    return dated.sorted { ($0.steps, -$0.entries) < ($1.steps, -$1.entries) }.filter { dated in
      defer { most = max(most, dated.entries) }
      return dated.entries > most
    }
  }
}
