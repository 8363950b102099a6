public import Execution

/// How well generated examples cover real ones, by balls that reach to the k-th nearest neighbour.
///
/// Precision and recall follow Kynkaanniemi et al. 2019, density and coverage Naeem et al. 2020.
/// Neighbours are counted within the example's own set, itself left out; a ball does not contain
/// its border.
public struct SupportOverlap: Sendable, Equatable, Codable {
  /// The share of generated examples in the ball of some real one.
  public let precision: Double
  /// The share of real examples in the ball of some generated one.
  public let recall: Double
  /// The mean number of real balls that contain a generated example, over k.
  public let density: Double
  /// The share of real examples whose ball contains some generated one.
  public let coverage: Double

  /// Counts the balls.
  ///
  /// - Parameters:
  ///   - real: Features, one row for each example.
  ///   - fake: Features of as many columns.
  ///   - neighbours: k, below the number of examples of either set.
  public init(real: DenseMatrix, fake: DenseMatrix, neighbours: Int) {
    precondition(real.columns == fake.columns, "\(real.columns) and \(fake.columns) features")
    precondition(
      neighbours >= 1 && neighbours < min(real.rows, fake.rows),
      "\(neighbours) neighbours among \(real.rows) and \(fake.rows) examples")
    let realRadii = squaredRadii(of: real, neighbours: neighbours)
    let fakeRadii = squaredRadii(of: fake, neighbours: neighbours)
    var (isRecalled, isCovered) = (
      [Bool](repeating: false, count: real.rows), [Bool](repeating: false, count: real.rows)
    )
    var (precise, balls) = (0, 0)
    let distances = SquaredDistances(from: fake, to: real)
    distances.forEachRow { row, distances in
      var isPrecise = false
      for column in 0..<real.rows {
        if distances[column] < realRadii[column] {
          balls += 1
          isPrecise = true
          isCovered[column] = true
        }
        if distances[column] < fakeRadii[row] { isRecalled[column] = true }
      }
      if isPrecise { precise += 1 }
    }
    func share(_ flags: [Bool]) -> Double {
      Double(flags.filter { $0 }.count) / Double(real.rows)
    }
    precision = Double(precise) / Double(fake.rows)
    recall = share(isRecalled)
    density = Double(balls) / Double(neighbours * fake.rows)
    coverage = share(isCovered)
  }
}

/// The squared distance of each row to its k-th nearest other row.
private func squaredRadii(of points: DenseMatrix, neighbours: Int) -> [Double] {
  var radii: [Double] = []
  radii.reserveCapacity(points.rows)
  SquaredDistances(from: points, to: points).forEachRow { row, distances in
    var nearest = [Double](repeating: .infinity, count: neighbours)
    for column in 0..<points.rows
    where distances[column] < nearest[neighbours - 1] && column != row {
      var place = neighbours - 1
      while place > 0 && nearest[place - 1] > distances[column] {
        nearest[place] = nearest[place - 1]
        place -= 1
      }
      nearest[place] = distances[column]
    }
    radii.append(nearest[neighbours - 1])
  }
  return radii
}
