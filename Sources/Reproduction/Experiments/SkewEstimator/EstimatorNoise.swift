import Evaluation
import Execution
import MPI
import Randomness
import Scores

/// The mean of an estimator of the penalty over its probes, and the noise around it.
struct EstimatorNoise: Codable {
  /// The numbers K of probes that are compared.
  static let probes = [1, 4, 16]

  /// The noise with K probes for each example.
  struct Spread: Codable {
    let probes: Int
    /// The standard deviation of the penalty.
    let value: Double
    /// The root of the mean squared distance of the gradient from its mean.
    let gradient: Double
  }

  /// The mean penalty.
  let mean: Double
  /// The norm of the mean gradient.
  let gradientNorm: Double
  let spreads: [Spread]

  func spread(_ probes: Int) -> Spread? { spreads.first { $0.probes == probes } }
}

extension EstimatorNoise {
  /// Measures an estimator on all ranks; every rank must call this and gets the same numbers.
  ///
  /// An estimate with K probes is the mean of K estimates with one, so single probes are drawn, and
  /// groups of them averaged. The groups of 16 are dealt to the ranks.
  ///
  /// - Parameters:
  ///   - program: The penalty and its gradient.
  ///   - weights: The model's weights, equal on all ranks.
  ///   - examples: The noisy data, as many as the program's batch.
  ///   - groups: The number of groups of 16 probes.
  ///   - seed: The seed of the probes.
  ///   - options: Backends and algorithms.
  ///   - world: The ranks.
  /// - Throws: An error of a numerical library, `MPIError`.
  init(
    of program: PenaltyProgram, weights: ModelWeights, examples: NoisyExamples, groups: Int,
    seed: UInt64, options: CompileOptions, over world: Communicator
  ) throws {
    let executable = try Executable(
      program.program, options: options, external: weights.values)
    func set(_ name: String, _ values: [Float]) {
      if executable.hasInput(name) { executable.setInput(name, to: values) }
    }
    set(ProgramInput.data, examples.states)
    set(ProgramInput.standardDeviation, examples.standardDeviations)
    set(ProgramInput.condition, examples.conditions)

    let size = examples.states.count / program.batch
    var sums = EstimatorSums(parameters: executable.result("gradient").count)
    for group in stride(from: world.rank, to: groups, by: world.size) {
      for probe in 0..<EstimatorSums.groupSize {
        let probes = (0..<program.batch).flatMap { example in
          RandomStream(
            seed: seed, purpose: .probe,
            step: UInt64(group * EstimatorSums.groupSize + probe), example: UInt64(example)
          ).rademacher(count: size)
        }
        set(ProgramInput.probe(0), probes)
        try executable.run()
        sums.add(
          penalty: Double(executable.result("penalty")[0]),
          gradient: executable.result("gradient"))
      }
    }
    try sums.reduce(over: world)
    self = sums.noise
  }
}

/// Sums over estimates from which means and deviations follow, by number of probes.
private struct EstimatorSums {
  static let groupSize = 16

  // First moments are those of the single estimates, whatever the number of probes.
  private var gradient: [Double]
  private var penalty = 0.0
  private var count = 0.0
  // Of each number of probes: squares of the penalty and of the gradient's norm.
  private var squares = [Double](repeating: 0, count: 2 * EstimatorNoise.probes.count)
  private var open: [(penalty: Double, gradient: [Double], count: Int)]

  init(parameters: Int) {
    gradient = [Double](repeating: 0, count: parameters)
    open = EstimatorNoise.probes.map { _ in
      (0, [Double](repeating: 0, count: parameters), 0)
    }
  }

  mutating func add(penalty: Double, gradient: UnsafeBufferPointer<Float>) {
    self.penalty += penalty
    count += 1
    for index in gradient.indices { self.gradient[index] += Double(gradient[index]) }
    for (place, probes) in EstimatorNoise.probes.enumerated() {
      open[place].penalty += penalty / Double(probes)
      for index in gradient.indices {
        open[place].gradient[index] += Double(gradient[index]) / Double(probes)
      }
      open[place].count += 1
      if open[place].count == probes { close(place) }
    }
  }

  private mutating func close(_ place: Int) {
    squares[2 * place] += open[place].penalty * open[place].penalty
    squares[2 * place + 1] += open[place].gradient.reduce(0) { $0 + $1 * $1 }
    open[place].penalty = 0
    open[place].count = 0
    for index in open[place].gradient.indices { open[place].gradient[index] = 0 }
  }

  mutating func reduce(over world: Communicator) throws {
    var scalars = [penalty, count] + squares
    try world.allReduce(&scalars, by: .sum)
    try world.allReduce(&gradient, by: .sum)
    (penalty, count, squares) = (scalars[0], scalars[1], Array(scalars[2...]))
  }

  var noise: EstimatorNoise {
    let mean = penalty / count
    let squaredNorm = gradient.reduce(0) { $0 + $1 * $1 } / (count * count)
    // The variance of estimates whose mean square and squared mean are known.
    func deviation(_ sum: Double, about squaredMean: Double, _ estimates: Double) -> Double {
      (max(sum - estimates * squaredMean, 0) / (estimates - 1)).squareRoot()
    }
    return EstimatorNoise(
      mean: mean, gradientNorm: squaredNorm.squareRoot(),
      spreads: EstimatorNoise.probes.enumerated().map { place, probes in
        let estimates = count / Double(probes)
        return EstimatorNoise.Spread(
          probes: probes, value: deviation(squares[2 * place], about: mean * mean, estimates),
          gradient: deviation(squares[2 * place + 1], about: squaredNorm, estimates))
      })
  }
}
