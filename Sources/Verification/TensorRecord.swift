import Foundation

/// What the index says about a tensor of a case.
struct TensorRecord: Decodable, Sendable {
  /// What the tensor is for.
  enum Role: String, Decodable {
    case input
    case parameter
    case scale
    case expected
  }

  /// What an error is compared with.
  enum Norm: String, Decodable {
    /// The largest magnitude of the tensor.
    case tensor
    /// The largest magnitude of the row, that is for one index of the first axis.
    case row
    /// The magnitude of the element.
    case element
    /// Euclidean norms take the place of the largest magnitudes.
    case l2
  }

  let role: Role
  let shape: [Int]
  let norm: Norm?
  let tolerance: Double?
  let floor: Double?
  let scaleSource: String?

  enum CodingKeys: String, CodingKey {
    case role, shape, norm, tolerance, floor
    case scaleSource = "scale_from"
  }

  /// The error of a result in units of the scale that the norm gives.
  ///
  /// - Parameters:
  ///   - found: The result, with as many elements as the expected tensor.
  ///   - expected: The expected tensor.
  ///   - other: The tensor of `scaleSource`, whose rows or elements bound the scale from below.
  /// - Returns: 0 or more; infinite where a result is not finite, or not zero where it must be.
  func error(of found: [Double], expected: [Double], scaledBy other: [Double]?) -> Double {
    guard found.allSatisfy(\.isFinite), expected.allSatisfy(\.isFinite) else { return .infinity }
    if norm == .l2 { return euclideanError(of: found, expected: expected) }
    let rowLength = rowLength(count: expected.count)
    var worst = 0.0
    for start in stride(from: 0, to: expected.count, by: max(rowLength, 1)) {
      let row = start..<start + rowLength
      let scale = scale(of: row, expected: expected, other: other)
      for index in row where found[index] != expected[index] {
        worst = max(worst, abs(found[index] - expected[index]) / scale)
      }
    }
    return worst
  }

  private func rowLength(count: Int) -> Int {
    switch norm {
    case .row where !shape.isEmpty: count / max(shape[0], 1)
    case .element where !shape.isEmpty: 1
    default: count
    }
  }

  private func scale(of row: Range<Int>, expected: [Double], other: [Double]?) -> Double {
    let largest = row.reduce(0) { max($0, abs(expected[$1])) }
    guard norm == .row || norm == .element, !shape.isEmpty else {
      return max(largest, floor ?? 0)
    }
    guard let other else { return largest }
    // The other tensor has either the same elements or one number for each row.
    let share = other.count * row.lowerBound / expected.count
    let end = max(other.count * row.upperBound / expected.count, share + 1)
    return other[share..<end].reduce(largest) { max($0, abs($1)) }
  }

  private func euclideanError(of found: [Double], expected: [Double]) -> Double {
    let difference = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    guard difference > 0 else { return 0 }
    let square = expected.reduce(0) { $0 + $1 * $1 }
    let floor = (self.floor ?? 0) * Double(expected.count).squareRoot()
    return difference.squareRoot() / max(square.squareRoot(), floor)
  }
}
