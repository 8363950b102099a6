import Execution
import Scores
import Telemetry

/// The compiled programs of one replica's steps, which read the same weights and write to the same
/// gradients.
final class StepPrograms {
  /// The program of the steps with the whole objective.
  let main: GradientProgram
  private let betweenPenalties: GradientProgram?
  private let schedule: PenaltySchedule

  /// Compiles the programs of a run on the calling thread, which must run them.
  ///
  /// - Parameters:
  ///   - programs: The programs.
  ///   - state: The weights that are read.
  ///   - gradients: Where the gradients of a step go.
  ///   - frozen: The memory of inputs that are weights of another run.
  ///   - accumulates: Whether a step has several micro-batches.
  ///   - options: Backends and algorithms.
  /// - Throws: An error of a numerical library.
  init(
    _ programs: TrainingPrograms, state: TrainingState, gradients: FlatBuffer,
    frozen: [String: UnsafeMutableBufferPointer<Float>] = [:], accumulates: Bool,
    options: CompileOptions
  ) throws {
    let part = accumulates ? FlatBuffer(count: gradients.count) : nil
    func compiled(_ program: TrainingPrograms.Part) throws -> GradientProgram {
      try GradientProgram(
        program, state: state, gradients: gradients, frozen: frozen, part: part, options: options)
    }
    main = try compiled(programs.main)
    betweenPenalties = try programs.betweenPenalties.map(compiled)
    schedule = programs.schedule
  }

  /// The program of a step, by its number counted from 1.
  subscript(step: Int) -> GradientProgram {
    schedule.isDue(at: step) ? main : betweenPenalties ?? main
  }

  /// Where steps of the programs are recorded, nil for nowhere.
  var trace: TraceRecorder? {
    didSet { all.forEach { $0.trace = trace } }
  }

  /// Bytes of intermediate tensors and of what kernels need beside them, in all programs.
  var workBytes: Int { all.reduce(0) { $0 + $1.workBytes } }

  /// The number of kernels and fused loops of each program, that of the penalty first.
  var kernelCounts: [Int] { all.map(\.executable.stepCount) }

  /// Measures the time of each kind of the programs' kernels from now on.
  func startProfiling() { all.forEach { $0.executable.startProfiling() } }

  /// Times by kind of kernel and program since `startProfiling`.
  var profile: [ProfileEntry] { all.flatMap(\.executable.profile) }

  /// All programs, that of the penalty first.
  var all: [GradientProgram] { [main] + (betweenPenalties.map { [$0] } ?? []) }
}
