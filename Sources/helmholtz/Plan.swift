import ArgumentParser
import Foundation
import MPI
import RunConfiguration
import Training

/// Predicts a run on a cluster.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict step time, communication and memory of a run on many hosts.",
    discussion: """
      The step of one rank is measured here, on random data, unless its time is given. Start it \
      under mpirun with as many ranks as a host will have to measure them side by side. \
      The collectives are modelled as latency plus bytes over bandwidth.
      """)

  @OptionGroup var choice: ConfigurationChoice

  @Option(help: "The number of hosts.")
  var hosts: Int

  @Option(help: "The number of ranks on each host.")
  var ranksPerHost = 1

  @Option(
    help: ArgumentHelp(
      "What each host's link carries in each direction.", valueName: "gigabits-per-second"))
  var bandwidth: Double

  @Option(
    help: ArgumentHelp(
      "The time of an empty message between hosts, from rank to rank.", valueName: "microseconds"))
  var latency: Double

  @Option(
    help: ArgumentHelp(
      "What a rank exchanges with another one of its host.", valueName: "gigabits-per-second"))
  var intraBandwidth = 30.0

  @Option(
    help: ArgumentHelp(
      "The time of an empty message between ranks of a host.", valueName: "microseconds"))
  var intraLatency = 1.0

  @Option(help: "Seconds of a step of one rank with its share of the batch; measured if absent.")
  var stepSeconds: Double?

  @Option(
    help: ArgumentHelp(
      "The line that 'helmholtz benchmark' has printed for one rank, in place of --step-seconds.",
      valueName: "file.json"))
  var benchmark: String?

  @Option(help: "The number of steps that are measured.")
  var steps = 5

  @Option(help: ArgumentHelp("Write the figures to a file, too.", valueName: "file.json"))
  var json: String?

  func validate() throws {
    for (name, value) in [
      ("--hosts", hosts), ("--ranks-per-host", ranksPerHost), ("--steps", steps),
    ] where value < 1 {
      throw ValidationError("\(name): found \(value), expected at least 1")
    }
    for (name, value) in [
      ("--bandwidth", bandwidth), ("--intra-bandwidth", intraBandwidth),
      ("--step-seconds", stepSeconds ?? 1),
    ] where !(value > 0 && value.isFinite) {
      throw ValidationError("\(name): found \(value), expected a positive number")
    }
    for (name, value) in [("--latency", latency), ("--intra-latency", intraLatency)]
    where !(value >= 0 && value.isFinite) {
      throw ValidationError("\(name): found \(value), expected a number from 0")
    }
    guard stepSeconds == nil || benchmark == nil else {
      throw ValidationError("--benchmark: found --step-seconds too, expected one of them")
    }
    guard !hosts.multipliedReportingOverflow(by: ranksPerHost).overflow else {
      throw ValidationError("--hosts: found \(hosts), expected fewer")
    }
  }

  func run() throws {
    let world = try Session.start().world
    let resolved = try world.together { try choice.resolved() }
    if world.rank == 0 { resolved.warnings.forEach(Session.warn) }
    let settings = resolved.settings
    let shape = ClusterShape(
      ranks: hosts * ranksPerHost, ranksPerHost: ranksPerHost,
      network: .ethernet(gigabits: bandwidth, microseconds: latency),
      memory: .memory(gigabits: intraBandwidth, microseconds: intraLatency))
    let batch = try world.together {
      try settings.validate(ranks: shape.ranks)
      return try settings.batchPlan(ranks: shape.ranks)
    }
    let given = try world.together { try givenSeconds(batch) }
    let single =
      try given.map { try SingleRankStep.lasting($0, settings, plan: batch, over: world) }
      ?? .measured(settings, plan: batch, steps: steps, over: world)
    let memory = try world.fromRankZero { try MemoryPrediction(settings, on: shape) }
    let plan = try ClusterPlan(settings, on: shape, single: single, memory: memory)
    guard world.rank == 0 else { return }
    let source = given == nil ? "measured on \(world.size) ranks at once" : "given"
    print("step of one rank: \(seconds(single.seconds)) for \(batch.perRank) examples, \(source)")
    plan.lines.forEach { print($0) }
    if let json { try write(PlanRecord(plan: plan, link: self), to: json) }
  }

  // A figure for another number of examples is taken in proportion.
  private func givenSeconds(_ batch: BatchPlan) throws -> Double? {
    guard let benchmark else { return stepSeconds }
    let data = try? Data(contentsOf: URL(filePath: benchmark))
    guard let data, let line = try? JSONDecoder().decode(BenchmarkLine.self, from: data) else {
      throw ValidationError(
        "--benchmark: found '\(benchmark)', expected a file with the line of helmholtz benchmark")
    }
    guard line.world == 1, line.stepSeconds > 0, line.batchPerRank > 0 else {
      throw ValidationError(
        "--benchmark: found \(line.world) ranks in '\(benchmark)', expected 1 rank")
    }
    return line.stepSeconds / Double(line.batchPerRank) * Double(batch.perRank)
  }
}

/// What a plan needs of a benchmark's line.
private struct BenchmarkLine: Decodable {
  let world: Int
  let stepSeconds: Double
  let batchPerRank: Int

  enum CodingKeys: String, CodingKey {
    case world
    case stepSeconds = "step_s"
    case batchPerRank = "batch_per_rank"
  }
}

/// A plan with what was asked for, as a file.
private struct PlanRecord: Encodable {
  let plan: ClusterPlan
  let link: Plan

  private enum CodingKeys: String, CodingKey {
    case hosts
    case ranksPerHost = "ranks_per_host"
    case bandwidth = "bandwidth_gbit"
    case latency = "latency_us"
    case intraBandwidth = "intra_bandwidth_gbit"
    case intraLatency = "intra_latency_us"
  }

  func encode(to encoder: any Encoder) throws {
    try plan.encode(to: encoder)
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(link.hosts, forKey: .hosts)
    try values.encode(link.ranksPerHost, forKey: .ranksPerHost)
    try values.encode(link.bandwidth, forKey: .bandwidth)
    try values.encode(link.latency, forKey: .latency)
    try values.encode(link.intraBandwidth, forKey: .intraBandwidth)
    try values.encode(link.intraLatency, forKey: .intraLatency)
  }
}
