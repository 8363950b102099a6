import Autodiff
import CVectorKernels
import Execution
import Networks
import Scores
import Telemetry

/// A compiled program of one micro-batch, bound to a state's weights and to memory for gradients.
///
/// It must run on the thread that made it: oneDNN keeps scratch for each thread.
final class GradientProgram {
  let executable: Executable
  /// The inputs to fill before a run.
  let batch: MicroBatch
  /// The gradients of the trained parameters.
  let gradients: FlatBuffer
  /// In which order gradients are added up over the ranks.
  var bucketOrder: BucketOrder?
  /// How their sums come back from ranks that have them alone, if they do.
  var returns: ReturnPlan?

  /// Where steps of the program are recorded, nil for nowhere.
  var trace: TraceRecorder? {
    didSet { executable.stepObserver = trace?.recordExecuted }
  }

  /// The terms of the loss that the program computes.
  let terms: [LossTerm]

  /// The program for the norm over the global batch that one term is, if there is one.
  let norm: NormProgram?
  /// The running statistics of which the program computes the batch's part.
  let statistics: [Parameter]

  private let layout: ParameterLayout
  // Where the program writes, if several micro-batches are added up, whether it is at the first of
  // them, and what of it is not added yet.
  private let part: FlatBuffer?
  private var isAtFirst = true
  private var unadded = RangeSet<Int>()

  /// Compiles a training program.
  ///
  /// - Parameters:
  ///   - program: The program and what it minimizes.
  ///   - state: The weights that are read.
  ///   - gradients: Where the gradients of a step go.
  ///   - frozen: The memory of inputs that are weights of another run.
  ///   - part: Where those of one micro-batch go, if a step has several.
  ///   - options: Backends and algorithms for the program.
  /// - Throws: An error of a numerical library.
  init(
    _ program: TrainingPrograms.Part, state: TrainingState, gradients: FlatBuffer,
    frozen: [String: UnsafeMutableBufferPointer<Float>], part: FlatBuffer?,
    options: CompileOptions
  ) throws {
    let training = program.training
    let target = part ?? gradients
    var bindings = state.bindings(to: state.parameters).merging(frozen) { $1 }
    for parameter in state.layout.parameters where parameter.isTrainable {
      bindings[TrainingProgram.gradientName(of: parameter)] =
        target[state.layout.range(of: parameter)]
    }
    let executable = try Executable(training.program, options: options, external: bindings)
    self.executable = executable
    terms = training.terms
    statistics = training.statistics
    self.gradients = gradients
    self.part = part
    layout = state.layout
    batch = MicroBatch(count: training.batch, probes: program.probes) {
      executable.hasInput($0) ? executable.input($0) : nil
    }
    norm = try program.norm.map {
      try NormProgram(
        $0, probes: program.probes, weights: state.bindings(to: state.parameters),
        options: options)
    }
  }

  /// Allocates inputs of more examples, of the kinds that the program reads.
  ///
  /// - Parameter count: The number of examples.
  /// - Returns: The inputs, from which runs copy.
  func makeInputs(count: Int) -> StepInputs {
    StepInputs(count: count, probes: batch.probes.count) { name in
      executable.hasInput(name) ? executable.input(name).count / batch.count : nil
    }
  }

  /// Tells the program the sum of squares over the global batch, whose root one term is.
  func setNorm(sumOfSquares: Double) {
    executable.setInput(
      ProgramInput.scalarNormReciprocal,
      to: [ScalarNormProgram.reciprocal(ofSumOfSquares: sumOfSquares)])
  }

  /// Computes the gradients of some examples, one micro-batch after the other.
  ///
  /// - Parameters:
  ///   - examples: Inputs, made by ``makeInputs(count:)``.
  ///   - start: The index of the first example in them.
  ///   - passes: The number of micro-batches.
  ///   - prelude: Called before each step of the program's first micro-batch with the number of those
  ///     done, and once more after the last one.
  ///   - interlude: Called after each step of the program with the number of those done of the last
  ///     micro-batch, 0 before it.
  /// - Returns: The sums of the loss terms over the examples; that of the penalty is estimated if
  ///   only a part of them has it.
  /// - Throws: An error of a numerical library, or of the interlude.
  func run(
    over examples: MicroBatch, startingAt start: Int, passes: Int,
    prelude: (Int) throws -> Void = { _ in }, interlude: (Int) throws -> Void = { _ in }
  ) throws -> LossTerms {
    var sums = LossTerms()
    for pass in 0..<passes {
      batch.copy(from: examples, startingAt: start + pass * batch.count)
      let isAtLast = pass == passes - 1
      (isAtFirst, unadded) = (pass == 0, RangeSet(0..<gradients.count))
      try executable.run(prelude: { if pass == 0 { try prelude($0) } }) { steps in
        try interlude(isAtLast ? steps : 0)
      }
      if pass == 0 { try prelude(executable.stepCount) }
      for range in unadded.ranges { complete(range) }
      for term in terms { sums[term.name] += sum(term.examplesName) }
      sums.add(
        statistics: statistics.flatMap {
          executable.result(TrainingProgram.statisticName(of: $0)).map(Double.init)
        })
    }
    return sums
  }

  /// After how many steps of the program each gradient is complete.
  var completions: [(part: Range<Int>, steps: Int)] {
    layout.parameters.filter(\.isTrainable).map { parameter in
      let name = TrainingProgram.gradientName(of: parameter)
      return (layout.range(of: parameter), executable.completion(of: name))
    }
  }

  /// How many steps of the program are done when it first needs each parameter or the memory of its
  /// gradient.
  var firstUses: [(part: Range<Int>, steps: Int)] {
    layout.parameters.filter(\.isTrainable).map { parameter in
      let names = [parameter.name, TrainingProgram.gradientName(of: parameter)]
      let uses = names.map { executable.firstUse(of: $0) }
      return (layout.range(of: parameter), uses.min() ?? 0)
    }
  }

  /// Adds gradients of this micro-batch, which must not change any more, to those before it.
  ///
  /// What is not added while the program runs is added after it.
  func complete(_ range: Range<Int>) {
    guard let part else { return }
    unadded.remove(contentsOf: range)
    if isAtFirst {
      _ = gradients[range].update(fromContentsOf: part[range])
    } else {
      hk_add_scaled(gradients[range].baseAddress, part[range].baseAddress, range.count, 1)
    }
  }

  /// Bytes of intermediate tensors and of what kernels need beside them.
  var workBytes: Int {
    executable.arenaBytes + executable.scratchBytes + (norm?.workBytes ?? 0)
  }

  private func sum(_ name: String) -> Double {
    let values = executable.result(name)
    return values.reduce(0) { $0 + Double($1) } * (Double(batch.count) / Double(values.count))
  }
}

extension TraceRecorder {
  /// Records a step of a compiled program.
  fileprivate func recordExecuted(_ step: ExecutedStep) {
    record(
      step.kind, on: .compute, from: step.begin, to: step.end,
      details: [
        ("detail", .string(step.detail)), ("bytes", .integer(step.byteCount)),
        ("operations", .integer(step.floatingPointOperations)),
      ])
  }
}
