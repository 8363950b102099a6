/// Units of work that are dealt to ranks in turn, so that what a unit computes does not depend on
/// the number of ranks.
struct DealtUnits {
  /// The number of units.
  let count: Int

  /// The units of a rank, in order.
  func units(ofRank rank: Int, of size: Int) -> [Int] {
    Array(stride(from: rank, to: count, by: size))
  }

  /// Puts what the ranks computed into the order of the units.
  ///
  /// - Parameters:
  ///   - results: What each rank computed for its units, one after the other.
  ///   - size: How many elements a unit has.
  /// - Returns: The elements of all units.
  func inOrder<Element>(_ results: [[Element]], size: (Int) -> Int) -> [Element] {
    var positions = [Int](repeating: 0, count: results.count)
    var all: [Element] = []
    for unit in 0..<count {
      let rank = unit % results.count
      let end = positions[rank] + size(unit)
      all += results[rank][positions[rank]..<end]
      positions[rank] = end
    }
    return all
  }
}
