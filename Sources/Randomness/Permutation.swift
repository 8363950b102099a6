/// A random order of `0..<count` that is a pure function of (count, seed, epoch).
///
/// The table takes four bytes an element; whoever walks through an epoch keeps it.
public struct Permutation: Sendable {
  private let table: [UInt32]

  /// The number of elements.
  public var count: Int { table.count }

  /// Draws the order of an epoch.
  ///
  /// Fisher and Yates' shuffle in which exchange k uses the k-th 64-bit word of the stream.
  ///
  /// - Precondition: `count` is in `0..<2^32`.
  public init(count: Int, seed: UInt64, epoch: UInt64) {
    precondition(
      (0..<1 << 32).contains(count), "a permutation's count is \(count), but must be below 2^32")
    let stream = RandomStream(seed: seed, purpose: .dataOrder, step: epoch)
    var table = (0..<count).map { UInt32($0) }
    var draw = 0
    for last in stride(from: count - 1, to: 0, by: -1) {
      table.swapAt(last, stream.integer(at: draw, below: last + 1))
      draw += 1
    }
    self.table = table
  }

  /// Returns the element at a position of the order.
  public func index(at position: Int) -> Int {
    Int(table[position])
  }
}
