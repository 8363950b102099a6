import Autodiff

/// A program as it will run, before it has memory and kernels.
struct ScheduledProgram {
  /// The nodes with their layouts.
  let lowering: Lowering
  /// What runs when.
  let schedule: Schedule

  /// - Parameters:
  ///   - program: What to compute.
  ///   - options: Backends and algorithms.
  init(_ program: Program, _ options: CompileOptions) {
    lowering = Lowering(options.joint(program), blocksChannels: options.usesOneDNN)
    schedule = Schedule(
      lowering.nodes, Clustering(lowering.nodes, results: lowering.results),
      order: options.gradientsEarly ? .earlyGradients : .asWritten)
  }
}
