public import Autodiff

/// A compiled program: steps on one planned block of memory, run on the calling thread.
///
/// Nothing is allocated by a run after the first. An executable must not run on two threads at once.
public final class Executable {
  /// The program that was compiled.
  public let program: Program

  /// Is told of each step of a run as soon as it is done, on the thread of the run; nil for nobody.
  public var stepObserver: ((ExecutedStep) -> Void)?

  private let memory: ProgramMemory
  private let steps: [PlannedStep]
  private let scratch = SharedScratch()
  private let completions: [String: Int]
  private let firstUses: [String: Int]
  private let estimate: RunTimeEstimate
  private var runs = 0
  private var profiler: Profiler?

  /// Compiles a program.
  ///
  /// - Parameters:
  ///   - program: What to compute.
  ///   - options: Backends and algorithms.
  ///   - external: Memory of the caller, row-major, that takes the place of inputs and results of
  ///     these names; it must outlive the executable.
  /// - Throws: An error of a numerical library that cannot do what the program needs,
  ///   ``MemoryShortage``.
  public init(
    _ program: Program, options: CompileOptions = CompileOptions(),
    external: [String: UnsafeMutableBufferPointer<Float>] = [:]
  ) throws {
    self.program = program
    let scheduled = ScheduledProgram(program, options)
    let (lowering, schedule) = (scheduled.lowering, scheduled.schedule)
    memory = try ProgramMemory(program, lowering, schedule, external: external)
    let factory = StepFactory(
      nodes: lowering.nodes, memory: memory, scratch: scratch, options: options)
    steps = try factory.steps(for: schedule)
    completions = memory.completions(program, lowering, schedule)
    firstUses = memory.firstUses(program, lowering, schedule)
    estimate = RunTimeEstimate(steps)
  }

  /// Bytes of the planned block that all intermediate tensors share.
  public var arenaBytes: Int { memory.arenaBytes }

  /// Bytes of scratch that kernels share.
  public var scratchBytes: Int { scratch.byteCount }

  /// The memory of an input, to be filled before a run; row-major.
  public func input(_ name: String) -> UnsafeMutableBufferPointer<Float> {
    guard let buffer = memory.inputs[name] else {
      preconditionFailure("the program has no input \(name); it has \(memory.inputs.keys.sorted())")
    }
    return buffer
  }

  /// Whether the program reads an input of this name.
  public func hasInput(_ name: String) -> Bool { memory.inputs[name] != nil }

  /// The memory of a result, valid until the next run; row-major.
  public func result(_ name: String) -> UnsafeBufferPointer<Float> {
    guard let buffer = memory.results[name] else {
      preconditionFailure(
        "the program has no result \(name); it has \(memory.results.keys.sorted())")
    }
    return UnsafeBufferPointer(buffer)
  }

  /// Fills an input from an array of as many elements.
  public func setInput(_ name: String, to values: [Float]) {
    let buffer = input(name)
    precondition(
      buffer.count == values.count,
      "\(values.count) values for input \(name), expected \(buffer.count)")
    _ = buffer.update(fromContentsOf: values)
  }

  /// Runs the program once.
  ///
  /// - Parameters:
  ///   - prelude: Called before each step with the number of steps done; it may change inputs and
  ///     use results that are not used before that step.
  ///   - interlude: Called after each step with the number of steps done, for work that must go on
  ///     meanwhile; it may use results that are complete by then.
  /// - Throws: An error of a numerical library, of the prelude or of the interlude.
  public func run(
    prelude: (Int) throws -> Void = { _ in }, interlude: (Int) throws -> Void = { _ in }
  ) throws {
    runs += 1
    try prelude(0)
    memory.copyResults(afterUnits: 0)
    for (index, planned) in steps.enumerated() {
      if index > 0 { try prelude(index) }
      if profiler == nil, stepObserver == nil {
        try planned.step.execute(run: runs)
      } else {
        try executeTimed(planned)
      }
      memory.copyResults(afterUnits: index + 1)
      try interlude(index + 1)
    }
  }

  private func executeTimed(_ planned: PlannedStep) throws {
    let begin = ContinuousClock.now
    try planned.step.execute(run: runs)
    let executed = ExecutedStep(planned, begin: begin, end: .now)
    profiler?.add(executed)
    stepObserver?(executed)
  }

  /// After how many steps of a run a result belongs to the caller alone, who may change it from then
  /// on: the run neither writes nor reads it any more.
  ///
  /// - Returns: The number of steps; `Int.max` for what is no result.
  public func completion(of result: String) -> Int { completions[result] ?? Int.max }

  /// How many steps of a run are done when it first reads an input or first writes a result; the
  /// caller may change its memory until then.
  ///
  /// - Parameter name: The name of an input or a result.
  /// - Returns: The number of steps; `stepCount` for what the run does not touch.
  public func firstUse(of name: String) -> Int { firstUses[name] ?? stepCount }

  /// An estimate of the part of a run's time that so many steps take, from 0 to 1.
  public func timeShare(afterSteps count: Int) -> Double { estimate.share(afterSteps: count) }

  /// Measures the time of each step from now on.
  public func startProfiling() { profiler = Profiler() }

  /// Times, arithmetic and traffic by kind and extents since `startProfiling`, the longest first.
  public var profile: [ProfileEntry] { profiler?.entries ?? [] }

  /// The number of steps of one run.
  public var stepCount: Int { steps.count }
}
