import CVectorKernels
import Execution
import RunConfiguration
import Synchronization

/// The replicas of a rank: threads with compiled programs each, which share the weights.
///
/// Replica 0 is the calling thread, which alone calls MPI. The others live as long as the group;
/// each writes gradients of its own, which are added to the state's afterwards.
final class ReplicaGroup {
  private let state: TrainingState
  private let replicas: [Replica]
  private let workers: [WorkerThread]
  // What is not added up over the replicas yet.
  private var unadded = RangeSet<Int>()

  // Floats that stay in the first-level cache while those of all replicas are added.
  private static let tile = 4096

  /// Starts the threads and compiles a program on each.
  ///
  /// - Parameters:
  ///   - count: The number of replicas.
  ///   - state: The weights that all read, and the gradients that replica 0 writes.
  ///   - compile: Returns new programs that write their gradients to the buffer; it is called on all
  ///     threads at once.
  /// - Throws: What `compile` throws, or an error if the system refuses a thread.
  init(
    count: Int, state: TrainingState, compile: @escaping (FlatBuffer) throws -> StepPrograms
  ) throws {
    self.state = state
    let replicas = (0..<count).map { _ in Replica() }
    self.replicas = replicas
    workers = try (1..<count).map { _ in try WorkerThread() }
    let extent = state.layout.trainableExtent
    try onEachThread { index in
      let gradients = index == 0 ? state.gradients : FlatBuffer(count: extent)
      replicas[index].programs = try compile(gradients)
    }
  }

  // oneDNN counts on each thread the users of that thread's memory.
  deinit {
    try? onEachThread { [replicas] index in replicas[index].programs = nil }
  }

  /// The number of replicas.
  var count: Int { replicas.count }

  /// The programs of the calling thread, equal to all others.
  var programs: StepPrograms {
    guard let programs = replicas[0].programs else {
      preconditionFailure("replica 0 has no programs")
    }
    return programs
  }

  /// Bytes of intermediate tensors and scratch of all programs.
  var workBytes: Int { replicas.reduce(0) { $0 + ($1.programs?.workBytes ?? 0) } }

  /// Computes the gradients of all examples of the rank and leaves their sum in the state's.
  ///
  /// - Parameters:
  ///   - examples: The inputs of the rank's part of the global batch.
  ///   - step: The number of the step, counted from 1.
  ///   - plan: The split of the global batch.
  ///   - prelude: Called on the calling thread before each step of its program's first micro-batch
  ///     with the number of those done, and once more after the last one.
  ///   - interlude: Called on the calling thread after each step of its program with the number of
  ///     steps that all replicas have done of their last micro-batch.
  /// - Returns: The sums of the loss terms over the examples.
  /// - Throws: An error of a numerical library, of the first replica that has one.
  func differentiate(
    _ examples: MicroBatch, step: Int, plan: BatchPlan,
    prelude: @escaping (Int) throws -> Void = { _ in }, interlude: @escaping (Int) throws -> Void
  ) throws -> LossTerms {
    unadded = RangeSet(0..<state.layout.trainableExtent)
    for replica in replicas { replica.stepsDone.store(0, ordering: .relaxed) }
    try onEachThread { [replicas] index in
      guard let program = replicas[index].programs?[step] else { return }
      replicas[index].terms = try program.run(
        over: examples, startingAt: index * plan.perReplica, passes: plan.accumulation,
        prelude: { if index == 0 { try prelude($0) } }
      ) { steps in
        replicas[index].stepsDone.store(steps, ordering: .releasing)
        guard index == 0 else { return }
        try interlude(replicas.reduce(steps) { min($0, $1.stepsDone.load(ordering: .acquiring)) })
      }
    }
    let rest = unadded
    try forEachPart(of: 0..<state.layout.trainableExtent) { [self] part in
      for range in rest.intersection(RangeSet(part)).ranges { addGradients(in: range) }
    }
    return replicas.reduce(into: LossTerms()) { $0 += $1.terms }
  }

  /// Computes the squares of the examples of the rank for the norm over the global batch.
  ///
  /// - Parameters:
  ///   - examples: The inputs of the rank's part of the global batch.
  ///   - step: The number of the step, counted from 1, whose program has the norm.
  ///   - plan: The split of the global batch.
  /// - Returns: Their sum.
  /// - Throws: An error of a numerical library, of the first replica that has one.
  func sumOfSquares(of examples: MicroBatch, step: Int, plan: BatchPlan) throws -> Double {
    try onEachThread { [replicas] index in
      guard let norm = replicas[index].programs?[step].norm else { return }
      replicas[index].squares = try norm.sumOfSquares(
        over: examples, startingAt: index * plan.perReplica, passes: plan.accumulation)
    }
    return replicas.reduce(0) { $0 + $1.squares }
  }

  /// Tells all programs of a step the sum of squares over the global batch.
  func setNorm(sumOfSquares sum: Double, step: Int) {
    for replica in replicas { replica.programs?[step].setNorm(sumOfSquares: sum) }
  }

  /// Does work on all threads, each for its part of some trained values, and waits for all.
  ///
  /// - Parameters:
  ///   - range: The values, from one boundary in the flat buffers to another.
  ///   - work: Called with the elements of a replica's part in the flat buffers.
  /// - Throws: An error of a thread's work; this work has none.
  func forEachPart(of range: Range<Int>, _ work: @escaping (Range<Int>) -> Void) throws {
    try onEachThread { [count] index in
      work(ParameterLayout.part(index, of: count, in: range))
    }
  }

  /// Adds up gradients over passes or replicas on the calling thread, in an interlude.
  ///
  /// Replicas of several passes each add those themselves, after their programs.
  ///
  /// - Parameters:
  ///   - range: Gradients that do not change any more in any replica.
  ///   - step: The number of the step.
  func complete(_ range: Range<Int>, step: Int) {
    guard count > 1 else { return programs[step].complete(range) }
    unadded.remove(contentsOf: range)
    addGradients(in: range)
  }

  private func addGradients(in range: Range<Int>) {
    let sources = replicas.dropFirst().compactMap { $0.programs?.main.gradients.values.baseAddress }
    guard !sources.isEmpty, let sum = state.gradients.values.baseAddress else { return }
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.tile) {
      let length = min(Self.tile, range.upperBound - start)
      for source in sources { hk_add_scaled(sum + start, source + start, length, 1) }
    }
  }

  private func onEachThread(_ work: @escaping (Int) throws -> Void) throws {
    for (index, worker) in workers.enumerated() { worker.start { try work(index + 1) } }
    // All must have come to an end before any error is thrown.
    let outcomes =
      [Result { try work(0) }] + workers.map { worker in Result { try worker.wait() } }
    for outcome in outcomes { try outcome.get() }
  }
}

/// What belongs to one thread.
private final class Replica {
  let stepsDone = Atomic(0)
  var programs: StepPrograms?
  var terms = LossTerms()
  var squares = 0.0
}
