import Datasets
import Foundation
import Testing

@Suite struct ToyDensityTests {
  /// Means of x, y, x^2, y^2 and xy.
  func moments(_ dataset: ToyDensity) -> [Double] {
    var sums = [Double](repeating: 0, count: 5)
    for index in 0..<dataset.count {
      let (x, y) = point(dataset, index)
      for (number, term) in [x, y, x * x, y * y, x * y].enumerated() { sums[number] += term }
    }
    return sums.map { $0 / Double(dataset.count) }
  }

  func point(_ dataset: ToyDensity, _ index: Int) -> (x: Double, y: Double) {
    let point = dataset.example(index)
    return (Double(point[0]), Double(point[1]))
  }

  @Test(arguments: ToyDensity.Kind.allCases)
  func pointsAreAFunctionOfKindSeedAndIndex(kind: ToyDensity.Kind) {
    let points = ToyDensity(kind, count: 1001, seed: 5).points
    #expect(points.count == 2002)
    #expect(points.starts(with: ToyDensity(kind, count: 500, seed: 5).points))
    #expect(points != ToyDensity(kind, count: 1001, seed: 6).points)
  }

  // The bounds are four standard errors of the means or more.
  @Test func eightGaussiansHaveTheirMoments() {
    let found = moments(ToyDensity(.eightGaussians, seed: 1))
    // Per coordinate: half the square of the radius over two, plus the variance.
    let expected = [0, 0, 16.5, 16.5, 0]
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 0.3) }
  }

  @Test func eightGaussiansAreEightEquallyLikelyClusters() {
    let dataset = ToyDensity(.eightGaussians, count: 8000, seed: 1)
    var counts = [Int](repeating: 0, count: 8)
    var squares = 0.0
    for index in 0..<dataset.count {
      let (x, y) = point(dataset, index)
      let direction = Int((atan2(y, x) / (.pi / 4)).rounded())
      counts[(direction + 8) % 8] += 1
      let angle = Double(direction) * .pi / 4
      let radius = 32.0.squareRoot()
      squares += pow(x - radius * cos(angle), 2) + pow(y - radius * sin(angle), 2)
    }
    #expect(counts.allSatisfy { abs($0 - 1000) < 150 })
    // The few points that cross into a neighbour's sector make it a little smaller.
    #expect(abs(squares / Double(2 * dataset.count) - 0.5) < 0.03)
  }

  @Test func spiralsHaveTheirMomentsAndComeInPairs() {
    let dataset = ToyDensity(.spirals, seed: 1)
    let found = moments(dataset)
    #expect(found[0] == 0 && found[1] == 0)
    // E|d|^2 with k of density 2k / (9 pi^2) on [0, 3 pi] and offsets uniform on [0, 1/2].
    let squaredAngle = 9 * Double.pi * .pi / 2
    let cross = 0.5 * (2 - 8 / (9 * Double.pi * .pi) + 4 / (3 * .pi))
    let expected = (squaredAngle + cross + 1.0 / 6) * pow(2.3 / 3, 2)
    #expect(abs(found[2] + found[3] - expected) < 0.3)
    for index in stride(from: 0, to: 100, by: 2) {
      #expect(dataset.example(index) == dataset.example(index + 1).map { -$0 })
    }
  }

  @Test func spiralPointsLieBesideTheCurve() {
    let dataset = ToyDensity(.spirals, count: 400, seed: 1)
    let curve = (0...4000).map { step -> (x: Double, y: Double) in
      let angle = 3 * Double.pi * Double(step) / 4000
      return (-angle * cos(angle), angle * sin(angle))
    }
    let offsets = -0.02...0.52
    for index in stride(from: 0, to: 400, by: 2) {
      let (x, y) = point(dataset, index)
      #expect(
        curve.contains {
          offsets.contains(x * 3 / 2.3 - $0.x) && offsets.contains(y * 3 / 2.3 - $0.y)
        })
    }
  }

  @Test func checkerboardHasTheMomentsOfItsFields() {
    let found = moments(ToyDensity(.checkerboard, seed: 1))
    // Both coordinates are uniform on [-6, 6]; the product averages to 9/4 over the fields.
    let expected = [0, 0, 12, 12, 2.25]
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 0.3) }
  }

  @Test func checkerboardPointsLieInItsEightFields() {
    let dataset = ToyDensity(.checkerboard, count: 4000, seed: 1)
    var counts: [[Int]: Int] = [:]
    for index in 0..<dataset.count {
      let (x, y) = point(dataset, index)
      let field = [Int(floor(x / 3)), Int(floor(y / 3))]
      #expect((field[0] + field[1]) % 2 == 0)
      counts[field, default: 0] += 1
    }
    #expect(counts.count == 8)
    #expect(counts.values.allSatisfy { abs($0 - 500) < 110 })
  }
}
