import Evaluation
import Foundation
import Testing

@Suite struct FieldDecompositionTests {
  private func field(
    _ count: Int, _ value: (SIMD2<Double>) -> SIMD2<Double>
  ) -> PlaneField {
    PlaneField(x: -0.5...0.5, y: -0.5...0.5, columns: count, rows: count, value)
  }

  /// The integral of the squared length over the rectangle, by the trapezoid rule.
  private func energy(_ field: PlaneField) -> Double {
    var sum = 0.0
    for (index, value) in field.values.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: field.columns)
      let edges = [row == 0 || row == field.rows - 1, column == 0 || column == field.columns - 1]
      sum += (value * value).sum() / Double(1 << edges.count { $0 })
    }
    return sum * field.spacing.x * field.spacing.y
  }

  @Test func linearGradientIsFoundExactly() {
    // The potential is x^2 - 3 x y + y^2 / 2 + 4 x.
    let field = PlaneField(x: -1...2, y: 0...5, columns: 13, rows: 9) {
      SIMD2(2 * $0.x - 3 * $0.y + 4, -3 * $0.x + $0.y)
    }
    let parts = FieldDecomposition(field)
    #expect(parts.rotation.values.allSatisfy { max(abs($0.x), abs($0.y)) < 1e-8 })
    let corner = parts.potential[parts.potential.count - 1] - parts.potential[0]
    #expect(abs(corner - ((4 - 30 + 12.5 + 8) - (1 - 4))) < 1e-8)
  }

  @Test func circulationInsideTheBorderHasNoGradient() {
    // The stream function is cos(pi x) cos(pi y), which vanishes on the border.
    let swirl = field(41) { point in
      SIMD2(
        -.pi * cos(.pi * point.x) * sin(.pi * point.y),
        .pi * sin(.pi * point.x) * cos(.pi * point.y))
    }
    let parts = FieldDecomposition(swirl)
    #expect(energy(parts.gradient) < 1e-6 * energy(swirl))
  }

  @Test func rotationOfASquareHasItsTorsionConstant() {
    // The part of (-y, x) that is no gradient has the energy of a square bar's torsion: 0.140577
    // times the fourth power of its side (Timoshenko and Goodier, Theory of Elasticity, 1951).
    let errors = [21, 41].map { count in
      energy(FieldDecomposition(field(count) { SIMD2(-$0.y, $0.x) }).rotation) - 0.1405770
    }
    #expect(abs(errors[1]) < 5e-4)
    #expect(abs(errors[1]) < 0.4 * abs(errors[0]))
  }

  @Test func sumIsSplitIntoItsParts() {
    let swirl = field(41) { point in
      SIMD2(
        -.pi * cos(.pi * point.x) * sin(.pi * point.y),
        .pi * sin(.pi * point.x) * cos(.pi * point.y))
    }
    var sum = swirl
    for (index, point) in sum.points.enumerated() {
      sum.values[index] += SIMD2(-3 * point.x, -3 * point.y)
    }
    let parts = FieldDecomposition(sum)
    var difference = parts.rotation
    for index in difference.values.indices { difference.values[index] -= swirl.values[index] }
    #expect(energy(difference) < 1e-6 * energy(swirl))
  }
}
