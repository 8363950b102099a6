import Autodiff
public import Datasets
public import Execution
public import MPI
import Networks
import Randomness
public import Scores

/// Where the residual of the score Fokker-Planck equation is measured.
public struct ResidualPlan: Sendable, Equatable {
  /// The times, ascending.
  public var times: [Double]
  /// The number of examples, taken from the beginning of the data set.
  public var examples: Int
  /// How derivatives are computed; its factors and weights are not used.
  public var method: FokkerPlanck
  /// The seed of noise and probes.
  public var seed: UInt64
  /// The number of examples of one run of the program, whatever the number of ranks.
  public var unit: Int

  /// Describes a measurement; the whole Jacobian is computed unless told otherwise.
  public init(
    times: [Double], examples: Int,
    method: FokkerPlanck = FokkerPlanck(strength: 1, divergence: .exact), seed: UInt64,
    unit: Int = 500
  ) {
    precondition(!times.isEmpty && examples >= 1 && unit >= 1, "an empty plan")
    self.times = times
    self.examples = examples
    self.method = method
    self.seed = seed
    self.unit = min(unit, examples)
  }
}

/// The residual at one time.
public struct ResidualLevel: Sendable, Equatable, Codable {
  /// The time of the process.
  public var time: Double
  /// `r(t)`, the mean of `|e| / D` over noisy data.
  public var residual: Estimate
  /// The mean of `|ds/dt| / D`, to which the residual can be compared.
  public var rate: Estimate

  /// Makes a level from its numbers.
  public init(time: Double, residual: Estimate, rate: Estimate) {
    self.time = time
    self.residual = residual
    self.rate = rate
  }
}

/// Measures the residual `r(t) = E |e| / D` of a model over time, the work spread over all ranks.
///
/// Every example has noise and probes of its own at each time, and the result is the same on any
/// number of ranks. Dropout is off. Every rank must call this.
/// Source: Lai et al., "FP-Diffusion", ICML 2023, arXiv 2210.04296, section 3.
///
/// - Parameters:
///   - model: The model and its process.
///   - weights: The values of its parameters, equal on all ranks.
///   - plan: Where it is measured.
///   - data: The examples, at least as many as the plan asks for.
///   - isCentred: Whether images are scaled from [0, 1] to [-1, 1].
///   - options: Backends and algorithms.
///   - communicator: The ranks.
/// - Returns: The levels in the order of the times on rank 0, nil on others.
/// - Throws: An error of a numerical library or `MPIError`.
public func residualCurve(
  of model: DiffusionModel, weights: ModelWeights, plan: ResidualPlan, data: any Dataset,
  isCentred: Bool = false, options: CompileOptions = CompileOptions(),
  over communicator: Communicator
) throws -> [ResidualLevel]? {
  precondition(
    plan.examples <= data.count, "\(plan.examples) examples of a data set of \(data.count)")
  let meter = try ResidualMeter(
    model, weights: weights, plan: plan, data: data, isCentred: isCentred, options: options)
  let unitsPerTime = (plan.examples + plan.unit - 1) / plan.unit
  func examples(of unit: Int) -> Range<Int> {
    let start = unit % unitsPerTime * plan.unit
    return start..<min(start + plan.unit, plan.examples)
  }
  let units = DealtUnits(count: unitsPerTime * plan.times.count)
  var rows: [Double] = []
  for unit in units.units(ofRank: communicator.rank, of: communicator.size) {
    rows += try meter.rows(of: examples(of: unit), level: unit / unitsPerTime)
  }
  guard let rowsOfRanks = try communicator.gather(rows) else { return nil }
  let all = units.inOrder(rowsOfRanks) { 2 * examples(of: $0).count }
  return plan.times.enumerated().map { level, time in
    func estimate(_ column: Int) -> Estimate {
      let values = (0..<plan.examples).map { all[2 * (level * plan.examples + $0) + column] }
      return Estimate(
        sum: values.reduce(0, +), ofSquares: values.reduce(0) { $0 + $1 * $1 },
        count: plan.examples)
    }
    return ResidualLevel(time: time, residual: estimate(0), rate: estimate(1))
  }
}

/// The compiled residual of a model, run on parts of a data set.
private final class ResidualMeter {
  private let model: DiffusionModel
  private let plan: ResidualPlan
  private let data: any Dataset
  private let isCentred: Bool
  private let executable: Executable
  // The program reads the weights where they lie.
  private let weights: ModelWeights

  init(
    _ model: DiffusionModel, weights: ModelWeights, plan: ResidualPlan, data: any Dataset,
    isCentred: Bool, options: CompileOptions
  ) throws {
    (self.model, self.plan, self.data, self.isCentred) = (model, plan, data, isCentred)
    self.weights = weights
    let program = ResidualProgram(model.scoreModel, by: plan.method, batch: plan.unit)
    executable = try Executable(program.program, options: options, external: weights.values)
  }

  /// Residual and rate of each of some examples.
  func rows(of examples: Range<Int>, level: Int) throws -> [Double] {
    try run(examples, level: level)
    let (residuals, rates) = (executable.result("residual_norm"), executable.result("rate_norm"))
    return examples.indices.flatMap { index -> [Double] in
      let row = index - examples.startIndex
      return [Double(residuals[row]), Double(rates[row])]
    }
  }

  private func run(_ examples: Range<Int>, level: Int) throws {
    for input in LevelInput.allCases where executable.hasInput(input.rawValue) {
      let value = input.value(at: plan.times[level], of: model.sde, told: model.condition)
      executable.input(input.rawValue).update(repeating: Float(value))
    }
    executable.fill(ProgramInput.data, examples) { example, values in
      data.copyExample(example, flipped: false, into: values)
      guard isCentred else { return }
      for index in values.indices { values[index] = 2 * values[index] - 1 }
    }
    executable.fill(ProgramInput.noise, examples) {
      stream($0, level: level, draw: 0).fillNormal($1)
    }
    for probe in 0..<plan.method.probeCount {
      executable.fill(ProgramInput.probe(probe), examples) {
        stream($0, level: level, draw: probe + 1).fillRademacher($1)
      }
    }
    try executable.run()
  }

  private func stream(_ example: Int, level: Int, draw: Int) -> RandomStream {
    RandomStream(
      seed: plan.seed, purpose: .evaluation, step: UInt64(level) | UInt64(draw) << 32,
      example: UInt64(example))
  }
}
