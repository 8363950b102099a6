import Autodiff
import Execution
import Networks
import RunConfiguration
import Scores
import Telemetry

/// The compiled programs of a run's steps: one, or a second one for the steps without the penalty.
///
/// Both are compiled at the start, read the same weights, and write to the same gradients.
final class StepPrograms {
  private let main: GradientProgram
  private let betweenPenalties: GradientProgram?
  private let schedule: PenaltySchedule

  /// Compiles the programs of a run.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - model: The model that is trained.
  ///   - plan: The split of the global batch.
  ///   - state: The weights that are read, and the gradients that are written.
  ///   - options: Backends and algorithms for a program; it is asked once for each.
  /// - Throws: An error of a numerical library or of settings that do not fit.
  init(
    _ settings: RunSettings, model: ScoreModel, plan: BatchPlan, state: TrainingState,
    options: (Program) throws -> CompileOptions
  ) throws {
    let objective = settings.trainingObjective
    let main = try GradientProgram(
      objective, model: model, plan: plan, state: state, options: options)
    betweenPenalties = try objective.betweenPenalties.map {
      try GradientProgram(
        $0, model: model, plan: plan, state: state, sharingWith: main, options: options)
    }
    self.main = main
    schedule = objective.schedule
  }

  /// The program of a step, by its number counted from 1.
  subscript(step: Int) -> GradientProgram {
    schedule.isDue(at: step) ? main : betweenPenalties ?? main
  }

  /// Where steps of the programs are recorded, nil for nowhere.
  var trace: TraceRecorder? {
    didSet { all.forEach { $0.trace = trace } }
  }

  /// Lets each program say when its gradients are complete.
  func postGradientsEarly(with reducer: GradientReducer) {
    for program in all { program.bucketOrder = reducer.order(for: program.completions) }
  }

  /// Bytes of intermediate tensors and of what kernels need beside them, in all programs.
  var workBytes: Int { all.reduce(0) { $0 + $1.workBytes } }

  /// The number of kernels and fused loops of each program, that of the penalty first.
  var kernelCounts: [Int] { all.map(\.executable.stepCount) }

  /// Measures the time of each kind of the programs' kernels from now on.
  func startProfiling() { all.forEach { $0.executable.startProfiling() } }

  /// Times by kind of kernel and program since `startProfiling`.
  var profile: [ProfileEntry] { all.flatMap(\.executable.profile) }

  private var all: [GradientProgram] { [main] + (betweenPenalties.map { [$0] } ?? []) }
}
