public import ArgumentParser
import MPI
import RunConfiguration
public import Training

/// Measures training steps.
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure whole training steps on random data and print one line of JSON.",
    discussion: """
      A step draws noise, differentiates the objective, adds up the gradients of all ranks, clips, \
      and updates weights and average. Times are those of rank 0: step_s and cpu_s are medians, \
      with --every of the means over whole cycles. \
      On a busy machine cpu_s is the figure to compare for one rank.
      """)

  @Argument(help: ArgumentHelp("What to measure.", valueName: "workload"))
  var workload: BenchmarkWorkload

  @Option(help: "The loss; qc has the skew estimator of the penalty, qc-paper the paper's.")
  var objective = BenchmarkWorkload.Objective.quasiConservative

  @Option(help: "Have the penalty in every k-th step only, with k times its weight.")
  var every = 1

  @Option(help: "Have the penalty on this part of a micro-batch only, with its weight raised.")
  var fraction = 1.0

  @Option(help: "The number of steps that are measured, rounded up to a multiple of --every.")
  var steps = 20

  @Option(help: "The number of steps before them.")
  var warmup = 3

  @Option(help: "The number of examples of a rank; that of the workload if absent.")
  var batch: Int?

  @Option(help: "The number of threads of a rank, which share its examples.")
  var replicas = 1

  @Flag(help: "Reduce gradients after the program only, as with communication.overlap=false.")
  var blocking = false

  @Flag(
    help: """
      Print a table of what the parts of the compiled program take, too, and compare the step \
      with the machine's peak, which is measured first.
      """)
  var profile = false

  @Flag(help: "Print the table of --profile as part of the line.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write what each rank did when in the measured steps, for a trace viewer.",
      valueName: "file.json"))
  var trace: String?

  func validate() throws {
    for (name, value, least) in [
      ("--steps", steps, 1), ("--warmup", warmup, 0), ("--batch", batch ?? 1, 1),
      ("--every", every, 1), ("--replicas", replicas, 1),
    ] where value < least {
      throw ValidationError("\(name): found \(value), expected at least \(least)")
    }
    guard fraction > 0 && fraction <= 1 else {
      throw ValidationError("--fraction: found \(fraction), expected a number in (0, 1]")
    }
    guard objective != .denoising || (every == 1 && fraction == 1) else {
      throw ValidationError(
        "--objective: found dsm, expected qc or qc-paper with --every or --fraction")
    }
    let share = batch ?? workload.batch
    guard share.isMultiple(of: replicas) else {
      throw ValidationError(
        "--replicas: found \(replicas), expected a divisor of the batch of a rank, \(share)")
    }
  }

  func run() throws {
    let environment = try Session.start()
    let traceFile = trace.map(TraceFile.init(path:))
    try traceFile?.requireWritable(over: environment.world)
    var benchmark = StepBenchmark(workload)
    benchmark.objective = objective
    benchmark.steps = steps
    benchmark.warmup = warmup
    benchmark.batch = batch
    benchmark.every = every
    benchmark.fraction = fraction
    benchmark.replicas = replicas
    benchmark.overlaps = !blocking
    benchmark.isProfiled = profile
    benchmark.isTraced = trace != nil
    let ranks = environment.world.size
    _ = try environment.world.together {
      try benchmark.settings(ranks: ranks).batchPlan(ranks: ranks)
    }
    var result = try benchmark.run(over: environment.world)
    if let recorder = result.trace { try traceFile?.write(recorder, over: environment.world) }
    guard environment.world.rank == 0 else { return }
    let parts = result.profile
    if !json { result.profile = nil }
    print(result.line)
    guard !json, let parts else { return }
    (parts.lines + [result.efficiency].compactMap { $0 }).forEach { print($0) }
  }
}

extension BenchmarkResult {
  /// The step in relation to the peak, as a sentence.
  fileprivate var efficiency: String? {
    guard let fractionOfPeak, let modelGigaflops, let peakGigaflops else { return nil }
    return "\n\((100 * fractionOfPeak).formatted(digits: 1)) % of peak:"
      + " \(modelGigaflops.formatted(digits: 3)) GFLOP of the model"
      + " in \(processorSeconds.formatted(digits: 4)) s of processor time,"
      + " convolutions at \(peakGigaflops.formatted(digits: 1)) GFLOP/s"
  }
}

extension BenchmarkWorkload: ExpressibleByArgument {}
extension BenchmarkWorkload.Objective: ExpressibleByArgument {}

extension StepProfile {
  // Extents whose share is smaller are left to the JSON line.
  private static let longest = 25

  /// The parts as lines of two tables: by kind, and the longest by kind and extents.
  fileprivate var lines: [String] {
    kinds.table + ["", "the longest by extents"] + details.prefix(Self.longest).table
  }
}

extension Sequence<StepProfile.Part> {
  fileprivate var table: [String] {
    let header = ["kind", "count", "ms", "share", "GFLOP/s", "GB/s", ""]
    let rows = map { part in
      [
        part.kind, "\(part.count)", part.milliseconds.formatted(digits: 3),
        (100 * part.share).formatted(digits: 1) + " %",
        part.gigaflops > 0 ? part.gigaflops.formatted(digits: 1) : "",
        part.gigabytes > 0 ? part.gigabytes.formatted(digits: 1) : "", part.detail ?? "",
      ]
    }
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([header] + rows).map { row in
      row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 || column == header.count - 1 ? row[column] + space : space + row[column]
      }.joined(separator: "  ")
    }
  }
}

extension Double {
  /// The number with so many digits after the point.
  fileprivate func formatted(digits: Int) -> String {
    let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
    let scaled = Int((self * Double(scale)).rounded())
    let fraction = String(abs(scaled % scale) + scale).dropFirst()
    let sign = scaled < 0 ? "-" : ""
    return "\(sign)\(abs(scaled) / scale).\(fraction)"
  }
}
