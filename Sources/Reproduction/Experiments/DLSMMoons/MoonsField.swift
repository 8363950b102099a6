import Datasets
import Evaluation
import Foundation

/// The exact scores of the moons under noise of 7.5, on the grid of the paper's Table 1.
struct MoonsField {
  /// The noise level at which vector fields are compared and samples drawn.
  static let std = 7.5
  /// The extents of the grid.
  static let x = -40.0...40
  static let y = -25.0...25
  /// The number of grid points along each axis.
  static let side = 35

  /// The grid, flat [1225, 2].
  let grid: [Float]
  /// The score of all points, flat [1225, 2].
  let prior: [Double]
  /// The scores of the points of each class, flat [1225, 2].
  let posteriors: [[Double]]

  /// Computes the exact scores.
  ///
  /// - Parameter floor: What the reference adds to densities, 1e-8; 0 for the exact scores.
  /// - Throws: An error of a numerical library.
  init(floor: Double) throws {
    let moons = TwoMoons()
    let grid = Self.makeGrid()
    let half = moons.points.count / 2
    let parts = [Array(moons.points[..<half]), Array(moons.points[half...])]
    func scores(_ points: [Float]) throws -> [Double] {
      try ParzenScore(points: points, dimensions: 2).scores(
        at: grid, std: Self.std, floor: floor)
    }
    self.grid = grid
    prior = try scores(moons.points)
    posteriors = try parts.map(scores)
  }

  /// The exact score of the likelihood of a class, flat [1225, 2].
  func likelihood(ofClass label: Int) -> [Double] {
    zip(posteriors[label], prior).map { $0 - $1 }
  }

  /// The mean over the grid of the distance of two fields, flat [1225, 2] each.
  static func distance(_ found: [Double], _ exact: [Double]) -> Double {
    let lengths = stride(from: 0, to: exact.count, by: 2).map { index in
      hypot(found[index] - exact[index], found[index + 1] - exact[index + 1])
    }
    return lengths.reduce(0, +) / Double(lengths.count)
  }

  private static func makeGrid() -> [Float] {
    func place(_ index: Int, in range: ClosedRange<Double>) -> Float {
      let share = Double(index) / Double(side - 1)
      return Float(range.lowerBound + share * (range.upperBound - range.lowerBound))
    }
    return (0..<side).flatMap { row in
      (0..<side).flatMap { [place($0, in: x), place(row, in: y)] }
    }
  }
}
