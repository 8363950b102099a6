import Autodiff
import Datasets
import Execution
import Randomness
import Scores

/// The residual of a closed-form score under one process, in single precision.
struct ClosedFormResidual: Codable, Sendable {
  /// The process and the density.
  let title: String
  /// The largest `r(t) = E |e| / D` over the times.
  let residual: Double
  /// The largest `E |ds/dt| / D`, to compare with.
  let rate: Double
}

/// Measures the residuals of a Gaussian's and a mixture's score under all processes.
func closedFormResiduals(
  _ plan: FPMixturePlan
) throws -> [ClosedFormResidual] {
  let gaussian = GaussianMixture([.init(weight: 1, mean: [0, 0], std: 0.7)])
  let processes: [any SDE] = [try VE(sigmaMin: 0.05, sigmaMax: 8), try VP(), try SubVP()]
  return try processes.flatMap { sde in
    try [("Gaussian", gaussian), ("mixture", FPMixturePlan.mixture)].map { name, density in
      let levels = try plan.times.map {
        try closedFormResidual(of: density, under: sde, at: $0, plan)
      }
      return ClosedFormResidual(
        title: "\(sde.name), \(name)", residual: levels.map(\.residual).max() ?? .nan,
        rate: levels.map(\.rate).max() ?? .nan)
    }
  }
}

// The means over points of the density under noise.
private func closedFormResidual(
  of density: GaussianMixture, under sde: any SDE, at time: Double, _ plan: FPMixturePlan
) throws -> (residual: Double, rate: Double) {
  let count = 500
  let executable = try Executable(ResidualProgram(density, batch: count).program)
  for input in LevelInput.allCases where executable.hasInput(input.rawValue) {
    executable.input(input.rawValue).update(
      repeating: Float(input.value(at: time, of: sde, told: .sigma)))
  }
  let points = density.noisyPoints(count, at: time, of: sde, seed: plan.measurementSeed)
  executable.setInput(ProgramInput.data, to: points.map { Float($0) })
  try executable.run()
  func mean(_ name: String) -> Double {
    executable.result(name).reduce(0) { $0 + Double($1) } / Double(count)
  }
  return (mean("residual_norm"), mean("rate_norm"))
}

extension GaussianMixture {
  /// Draws points of a marginal, flat [B, D].
  ///
  /// - Parameters:
  ///   - count: The number of points.
  ///   - time: The time of the process.
  ///   - sde: The process.
  ///   - seed: The seed; a point is a function of it and of its index.
  /// - Returns: The coordinates.
  func noisyPoints(_ count: Int, at time: Double, of sde: any SDE, seed: UInt64) -> [Double] {
    (0..<count).flatMap { index -> [Double] in
      let stream = RandomStream(seed: seed, purpose: .evaluation, example: UInt64(index))
      var rest = Double(stream.word(at: 4 * dimensions)) * 0x1p-32
      let chosen =
        components.dropLast().first { component in
          rest -= component.weight
          return rest < 0
        } ?? components[components.count - 1]
      let spread = sde.meanFactor(at: time) * chosen.std
      let std = (spread * spread + sde.std(at: time) * sde.std(at: time)).squareRoot()
      return zip(chosen.mean, stream.normal(count: dimensions)).map {
        sde.meanFactor(at: time) * $0 + std * Double($1)
      }
    }
  }
}
