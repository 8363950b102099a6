/// Compares two tensors by the largest difference relative to the largest expected magnitude.
///
/// - Parameters:
///   - name: What is compared, for the message.
///   - found: The elements to judge.
///   - expected: The elements they should be.
///   - tolerance: The largest relative difference.
///   - smallestScale: Magnitudes below this one count as this one.
/// - Returns: One line if they differ, otherwise nothing.
public func comparison(
  _ name: String, found: [Double], expected: [Double], tolerance: Double,
  smallestScale: Double = 1
) -> [String] {
  guard found.count == expected.count else {
    return ["\(name): \(found.count) elements, expected \(expected.count)"]
  }
  let scale = expected.reduce(smallestScale) { max($0, abs($1)) }
  let worst = zip(found, expected).map { abs($0 - $1) }.enumerated().max { a, b in
    // A NaN is worse than any number.
    a.element < b.element || (b.element.isNaN && !a.element.isNaN)
  }
  guard let worst, !(worst.element <= tolerance * scale) else { return [] }
  return [
    "\(name): element \(worst.offset) is \(found[worst.offset]), "
      + "expected \(expected[worst.offset]) (tolerance \(tolerance * scale))"
  ]
}
