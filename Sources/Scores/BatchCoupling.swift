/// A sum over the processes that share one group of examples.
///
/// Step sizes of Langevin correctors and of adaptive solvers depend on the whole group. With the
/// sums all-reduced, a group gives the same result however it is split over ranks, up to the order
/// of addition.
public struct BatchCoupling {
  private let reduce: ([Double]) throws -> [Double]

  /// Makes a coupling from an element-wise all-reduce sum.
  ///
  /// - Parameter reduce: called by all processes in the same order with arrays of equal length.
  public init(_ reduce: @escaping ([Double]) throws -> [Double]) {
    self.reduce = reduce
  }

  /// The coupling of a process that holds whole groups: sums stay as they are.
  public static var local: BatchCoupling { BatchCoupling { $0 } }

  /// Sums element-wise over the processes.
  ///
  /// All of them must call it.
  ///
  /// - Parameter values: the values of this process.
  /// - Returns: the totals, the same on every process.
  /// - Throws: what the all-reduce throws.
  public func sum(_ values: [Double]) throws -> [Double] {
    let totals = try reduce(values)
    precondition(
      totals.count == values.count,
      "coupling returned \(totals.count) sums, expected \(values.count)")
    return totals
  }
}
