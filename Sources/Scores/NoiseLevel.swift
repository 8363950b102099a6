/// One entry of a discretised time axis: the continuous time and the index of its noise level.
public struct NoiseLevel: Sendable, Hashable {
  /// Continuous time in [0, 1]; 1 is pure noise.
  public var time: Double
  /// Index of the level, 0 for the least noise.
  public var index: Int
  /// Number of levels of the discretisation, at least 2.
  public var count: Int

  /// Makes a level from its continuous time and its place in the discretisation.
  ///
  /// - Parameters:
  ///   - time: continuous time in [0, 1].
  ///   - index: level in `0..<count`.
  ///   - count: number of levels, at least 2.
  public init(time: Double, index: Int, count: Int) {
    precondition(
      count >= 2 && (0..<count).contains(index),
      "level \(index) of \(count), expected 0..<count and count at least 2")
    self.time = time
    self.index = index
    self.count = count
  }
}

/// The descending grid of times a discretised sampler visits: evenly spaced from 1 to epsilon.
///
/// The level index comes from the position in the grid rather than from `floor(t (N - 1))`: both
/// give every level once, but the second only by luck of rounding.
public struct TimeGrid: Sendable, Hashable, RandomAccessCollection {
  /// Number of steps N.
  public let steps: Int
  /// Time of the last step.
  public let epsilon: Double

  /// Makes the grid `linspace(1, epsilon, steps)`.
  ///
  /// - Parameters:
  ///   - steps: number of times, at least 2.
  ///   - epsilon: last time, in (0, 1).
  /// - Throws: `ScoresError.invalidSetting`.
  public init(steps: Int, epsilon: Double) throws(ScoresError) {
    try require(steps >= 2, "number of steps", found: steps, expected: "at least 2")
    try require(0 < epsilon && epsilon < 1, "epsilon", found: epsilon, expected: "a time in (0, 1)")
    self.steps = steps
    self.epsilon = epsilon
  }

  /// The position of the first step, at time 1.
  public var startIndex: Int { 0 }

  /// The position after the last step.
  public var endIndex: Int { steps }

  /// The level visited by a step, from the noisiest to the cleanest.
  public subscript(step: Int) -> NoiseLevel {
    let fraction = Double(step) / Double(steps - 1)
    let time = step == steps - 1 ? epsilon : 1 + (epsilon - 1) * fraction
    return NoiseLevel(time: time, index: steps - 1 - step, count: steps)
  }
}
