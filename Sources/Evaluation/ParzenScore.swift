import Autodiff
public import Execution
import Foundation

/// The score of a mixture of equal Gaussians around given points, the exact score of a finite data
/// set under noise.
///
/// With N points p_i it is `sum_i (p_i - x) / s^2 w_i`, the weights w_i in proportion to
/// `exp(-|p_i - x|^2 / (2 s^2))` (Parzen 1962; Vincent 2011, section 4.1). Computed in single
/// precision from the differences of coordinates, so in a handful of dimensions: a score's error is
/// about 1e-6 / s, and a weight's relative error `1e-7 d^2 / s^2` with d the distance of the nearest
/// point. A pair of state and point takes about 3 nanoseconds in the plane. Not to be used on
/// two threads at once.
public final class ParzenScore {
  /// The number D of coordinates.
  public let dimensions: Int

  // As many states as a run takes.
  private static let batch = 64

  private let count: Int
  private let executable: Executable

  /// Compiles the score of some points.
  ///
  /// - Parameters:
  ///   - points: The points, flat [N, D], at least one.
  ///   - dimensions: D.
  ///   - options: Backends and algorithms.
  /// - Throws: An error of a numerical library that cannot do what the program needs.
  public init(
    points: [Float], dimensions: Int, options: CompileOptions = CompileOptions()
  ) throws {
    precondition(
      dimensions >= 1 && !points.isEmpty && points.count.isMultiple(of: dimensions),
      "\(points.count) numbers, expected points of \(dimensions) coordinates")
    self.dimensions = dimensions
    count = points.count / dimensions
    executable = try Executable(
      Self.program(points: count, dimensions: dimensions), options: options)
    fill("points", rows: count, from: points, 0..<count)
  }

  /// Computes the scores of a batch under noise.
  ///
  /// - Parameters:
  ///   - states: The points at which the score is wanted, flat [B, D].
  ///   - std: The standard deviation s of the Gaussians, positive.
  ///   - floor: What is added to the mean of the densities `N(x; p_i, s^2)` where the weights divide
  ///     by it; 0 for the exact score. Chao et al. 2022 (DLSM) have 1e-8.
  /// - Returns: The scores, flat [B, D].
  /// - Throws: An error of a numerical library.
  public func scores(at states: [Float], std: Double, floor: Double = 0) throws -> [Double] {
    precondition(std > 0, "a standard deviation of \(std), expected a positive number")
    var scores: [Double] = []
    scores.reserveCapacity(states.count)
    executable.setInput("precision", to: [Float(1 / std)])
    for start in stride(from: 0, to: states.count / dimensions, by: Self.batch) {
      let piece = start..<min(start + Self.batch, states.count / dimensions)
      fill("states", rows: Self.batch, from: states, piece)
      try executable.run()
      for row in 0..<piece.count { append(row, std: std, floor: floor, to: &scores) }
    }
    return scores
  }

  private func append(_ row: Int, std: Double, floor: Double, to scores: inout [Double]) {
    let weight = Double(executable.result("weight")[row])
    var factor = 1 / (std * weight)
    if floor > 0 {
      let unit = pow(2 * Double.pi * std * std, -0.5 * Double(dimensions))
      let density =
        unit * exp(Double(executable.result("exponent")[row])) * weight / Double(count)
      factor *= density / (density + floor)
    }
    let moments = executable.result("moments")
    for axis in 0..<dimensions {
      scores.append(factor * Double(moments[axis * Self.batch + row]))
    }
  }

  // The program wants one row for each coordinate.
  private func fill(_ name: String, rows: Int, from values: [Float], _ piece: Range<Int>) {
    let input = executable.input(name)
    for (row, example) in piece.enumerated() {
      for axis in 0..<dimensions {
        input[axis * rows + row] = values[example * dimensions + axis]
      }
    }
  }

  /// The sums of the weights and of the weighted differences, relative to the largest weight.
  private static func program(points: Int, dimensions: Int) -> Program {
    let graph = Graph()
    let states = graph.input("states", [dimensions, batch])
    let data = graph.input("points", [dimensions, points])
    let precision = graph.input("precision", [1, 1])
    let differences = (0..<dimensions).map { axis -> Value in
      let point = data.sliced(start: [axis, 0], size: [1, points])
      let state = states.sliced(start: [axis, 0], size: [1, batch]).reshaped(to: [batch, 1])
      return (point - state) * precision
    }
    let exponents = differences.map { square($0) * -0.5 }.reduce(
      graph.constant(0, [batch, points]), +)
    let largest = exponents.constantMaximum([1])
    let weights = exp(exponents - largest)
    let moments = differences.map { (weights * $0).sum([1]).reshaped(to: [1, batch]) }
    return Program([
      ("exponent", largest), ("weight", weights.sum([1])),
      ("moments", concatenate(moments, axis: 0)),
    ])
  }
}
