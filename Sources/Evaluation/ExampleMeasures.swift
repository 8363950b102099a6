import Autodiff
import Datasets
import Execution
import Randomness
import Scores

/// What is measured of each example at one noise level; probes are averaged.
struct ExampleMeasures {
  /// The loss.
  let dsm: [Double]
  /// The numbers that tell how far the field is from a gradient, if they are measured.
  let rotation: Rotation?

  struct Rotation {
    let traceJJt: [Double]
    let traceJJ: [Double]
    let skew: [Double]
  }

  /// The names of the program's results, in the order in which ranks exchange them.
  static func names(measuresRotation: Bool) -> [String] {
    measuresRotation ? ["dsm", "trace_JJt", "trace_JJ", "skew"] : ["dsm"]
  }

  /// Takes apart rows of one number for each name.
  init(rows: [Double], measuresRotation: Bool) {
    let width = Self.names(measuresRotation: measuresRotation).count
    func column(_ index: Int) -> [Double] {
      stride(from: index, to: rows.count, by: width).map { rows[$0] }
    }
    dsm = column(0)
    rotation =
      measuresRotation
      ? Rotation(traceJJt: column(1), traceJJ: column(2), skew: column(3)) : nil
  }
}

/// The evaluation program of a model, run on parts of a data set.
final class ExampleMeter {
  private let model: DiffusionModel
  private let plan: EvaluationPlan
  private let data: any Dataset
  private let isCentred: Bool
  private let names: [String]
  private let executable: Executable
  // The program reads the weights where they lie.
  private let weights: ModelWeights

  init(
    _ model: DiffusionModel, weights: ModelWeights, plan: EvaluationPlan, data: any Dataset,
    isCentred: Bool, denoising: DenoisingScoreMatching, options: CompileOptions
  ) throws {
    (self.model, self.plan, self.data, self.isCentred) = (model, plan, data, isCentred)
    let program = EvaluationProgram(
      model.scoreModel, denoising: denoising, batch: plan.unit,
      measuresRotation: plan.measuresRotation, isExact: plan.isExact(for: model))
    names = ExampleMeasures.names(measuresRotation: plan.measuresRotation)
    self.weights = weights
    executable = try Executable(program.program, options: options, external: weights.values)
  }

  /// Measures examples at a level: rows of one number for each of the measures' names.
  func rows(of examples: Range<Int>, level: Int) throws -> [Double] {
    setLevel(plan.times[level])
    fillData(examples)
    executable.fill(ProgramInput.noise, examples) { stream($0, level: level).fillNormal($1) }
    let readsProbes = executable.hasInput(ProgramInput.probe(0))
    let probes = readsProbes ? plan.probes : 1
    var rows = [Double](repeating: 0, count: examples.count * names.count)
    for probe in 0..<probes {
      if readsProbes {
        executable.fill(ProgramInput.probe(0), examples) {
          stream($0, level: level, probe: probe).fillRademacher($1)
        }
      }
      try executable.run()
      for (column, name) in names.enumerated() {
        let result = executable.result(name)
        for row in 0..<examples.count {
          rows[row * names.count + column] += Double(result[row]) / Double(probes)
        }
      }
    }
    return rows
  }

  // Noise of a level is the same whatever the number of probes, which follow in numbers of their own.
  private func stream(_ example: Int, level: Int, probe: Int? = nil) -> RandomStream {
    let step = UInt64(level) | UInt64(probe.map { $0 + 1 } ?? 0) << 32
    return RandomStream(
      seed: plan.seed, purpose: .evaluation, step: step, example: UInt64(example))
  }

  private func setLevel(_ time: Double) {
    let sde = model.sde
    let levels = [
      ProgramInput.meanFactor: sde.meanFactor(at: time),
      ProgramInput.standardDeviation: sde.std(at: time),
      ProgramInput.condition: model.condition.value(at: time, of: sde),
    ]
    for (name, value) in levels where executable.hasInput(name) {
      executable.input(name).update(repeating: Float(value))
    }
  }

  private func fillData(_ examples: Range<Int>) {
    executable.fill(ProgramInput.data, examples) { example, values in
      data.copyExample(example, flipped: false, into: values)
      guard isCentred else { return }
      for index in values.indices { values[index] = 2 * values[index] - 1 }
    }
  }
}
