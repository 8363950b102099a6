import Datasets
import MPI
import RunConfiguration

/// What the checks before a run share.
final class PreflightContext {
  /// The ranks.
  let world: Communicator
  /// The machine of each rank.
  let hosts: [String]
  /// This rank's settings, or why it has none.
  let resolved: Result<RunSettings, any Error>
  /// The folder of the run, nil if none was named on any rank.
  let folder: RunFolder?
  /// The training examples once they are read, which stay in memory as in a run.
  var examples: (any Dataset)?

  private var knownPlan: PlannedBytes??

  init(
    _ resolved: Result<RunSettings, any Error>, folder: RunFolder?, over world: Communicator
  ) throws(MPIError) {
    (self.resolved, self.world) = (resolved, world)
    hosts = try world.allGatherStrings(MPIEnvironment.start().processorName)
    // Collective checks need the folder of each rank.
    self.folder = try world.everyRank(folder != nil) ? folder : nil
  }

  /// This rank's settings, nil if there are none.
  var settings: RunSettings? { try? resolved.get() }

  /// What rank 0 finds that the run takes, nil if that cannot be known; every rank must call this.
  func plan() throws(MPIError) -> PlannedBytes? {
    if let knownPlan { return knownPlan }
    let plan: PlannedBytes?
    do {
      plan = try world.fromRankZero {
        PlannedBytes(try RunPlan(resolved.get(), ranks: world.size))
      }
    } catch let error as MPIError {
      throw error
    } catch {
      plan = nil
    }
    knownPlan = plan
    return plan
  }

  /// Ranks with their machines, as in `ranks 0, 1 on node1`.
  func name(of ranks: [Int]) -> String { StuckRun(reports: [:], hosts: hosts).name(of: ranks) }

  /// One line for each text, with the ranks that have it.
  func lines(_ texts: [Int: String]) -> [String] {
    let ranks = Dictionary(grouping: texts.keys.sorted()) { texts[$0] ?? "" }
    return ranks.sorted { $0.value[0] < $1.value[0] }.map { "\(name(of: $1)): \($0)" }
  }

  /// The machines in the order of their lowest ranks, with their ranks.
  var machines: [(host: String, ranks: [Int])] {
    let ranks = Dictionary(grouping: hosts.indices) { hosts[$0] }
    return ranks.map { (host: $0.key, ranks: $0.value.sorted()) }
      .sorted { $0.ranks[0] < $1.ranks[0] }
  }
}

/// Bytes that a run takes on each rank, and on storage.
struct PlannedBytes: Codable {
  /// Weights, moments, average, gradients, activations and the copy for a checkpoint.
  let rank: Int
  /// A checkpoint, all shards together.
  let checkpoint: Int

  init(_ plan: RunPlan) {
    let shard = plan.checkpointBytes / plan.batch.ranks
    rank = plan.stateBytes + plan.partialGradientBytes + plan.estimatedWorkBytes + shard
    checkpoint = plan.checkpointBytes
  }
}

extension Communicator {
  /// Does work on every rank and tells all of them which ranks failed; every rank must call this.
  ///
  /// - Parameter work: What is done; it must not communicate.
  /// - Returns: This rank's result, nil if it failed, and the failures by rank.
  /// - Throws: `MPIError`.
  func attempt<Value>(
    _ work: () throws -> Value
  ) throws(MPIError) -> (value: Value?, failures: [Int: SharedFailure]) {
    let result = Result { try work() }
    var failure = ""
    if case .failure(let error) = result { failure = (try? SharedFailure(error).json) ?? "{}" }
    let texts = try allGatherStrings(failure)
    let failures = texts.indices.reduce(into: [Int: SharedFailure]()) { failures, rank in
      if !texts[rank].isEmpty { failures[rank] = try? SharedFailure(json: texts[rank]) }
    }
    return (try? result.get(), failures)
  }
}

extension PreflightFinding {
  /// Adds the failures of ranks.
  mutating func fail(_ failures: [Int: SharedFailure], _ context: PreflightContext) {
    guard let first = failures.min(by: { $0.key < $1.key })?.value else { return }
    for line in context.lines(failures.mapValues(\.description)) { fail(line, first.exitStatus) }
  }
}

extension [String] {
  /// The value that most ranks have, of equally frequent ones that of the lowest rank, and the others
  /// by rank.
  var majority: (value: String, others: [Int: String]) {
    let counts = Dictionary(map { ($0, 1) }, uniquingKeysWith: +)
    let most = counts.values.max() ?? 0
    let value = first { counts[$0] == most } ?? ""
    let others = indices.filter { self[$0] != value }
    return (value, Dictionary(uniqueKeysWithValues: others.map { ($0, self[$0]) }))
  }

  /// The texts that are not empty by rank.
  var spoken: [Int: String] {
    indices.reduce(into: [:]) { texts, rank in
      if !self[rank].isEmpty { texts[rank] = self[rank] }
    }
  }
}
