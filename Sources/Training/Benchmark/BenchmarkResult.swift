import Execution
import Foundation
import RunConfiguration
import Scores
public import Telemetry

/// What a benchmark of training steps found, as one JSON object.
public struct BenchmarkResult: Encodable, Sendable {
  /// The program.
  public let implementation = "helmholtz"
  /// The name of the workload.
  public let workload: String
  /// The name of what is minimized.
  public let objective: String
  /// The number of steps from one with the penalty to the next.
  public let every: Int
  /// The part of each micro-batch that has the penalty.
  public let fraction: Double
  /// The number of ranks.
  public let world: Int
  /// The number of threads of a rank that compute, one for each replica.
  public let threads: Int
  /// The number of examples of one rank.
  public let batchPerRank: Int
  /// The number of examples that are differentiated at once.
  public let microBatch: Int
  /// The median wall time of a step in seconds.
  ///
  /// If not every step has the penalty, this and the other times of a step are taken of the means
  /// over whole cycles, each from one step with the penalty to the next.
  public let medianSeconds: Double
  /// The shortest wall time of a step in seconds.
  public let shortestSeconds: Double
  /// The median processor time of a step of this rank in seconds.
  public let processorSeconds: Double
  /// The examples of all ranks per second of the median step.
  public let imagesPerSecond: Double
  /// The number of trained values.
  public let parameters: Int
  /// The largest resident memory of this rank in units of 2^20 bytes.
  public let peakMemory: Int
  /// Seconds for compilation and the steps before the measurement.
  public let warmupSeconds: Double
  /// The number of steps measured.
  public let steps: Int
  /// The denoising loss of the last step, and the last penalty without its factor.
  public let loss: [Double]
  /// The program's version.
  public let version = "helmholtz " + ProgramVersion.current
  /// The library that computes convolutions.
  public let convolutions: String
  /// The load average of the machine when the benchmark began.
  public let loadBefore: Double
  /// The load average of the machine when it ended.
  public let loadAfter: Double
  /// The parts of the steps by time, if they were asked for.
  public var profile: StepProfile?
  /// Billions of operations per second of a direct convolution on one thread, measured in this
  /// process before the steps; nil without a profile.
  public private(set) var peakGigaflops: Double?
  /// Billions of operations in convolutions and matrix products that one rank's share of a step
  /// needs by the shortest way known; nil without a profile.
  public private(set) var modelGigaflops: Double?
  /// The model's operations per second of processor time, relative to the peak; nil without a
  /// profile.
  public private(set) var fractionOfPeak: Double?
  /// What this rank did when in the measured steps, if it was asked for; not part of the JSON.
  public internal(set) var trace: TraceRecorder?

  enum CodingKeys: String, CodingKey {
    case implementation = "impl"
    case workload, objective, every, fraction, world, threads
    case batchPerRank = "batch_per_rank"
    case microBatch = "micro_batch"
    case medianSeconds = "step_s"
    case shortestSeconds = "min_s"
    case processorSeconds = "cpu_s"
    case imagesPerSecond = "images_per_s"
    case parameters = "params"
    case peakMemory = "peak_rss_mb"
    case warmupSeconds = "warmup_s"
    case steps, loss, version, convolutions
    case loadBefore = "load_before"
    case loadAfter = "load_after"
    case profile
    case peakGigaflops = "peak_gflops"
    case modelGigaflops = "model_gflops"
    case fractionOfPeak = "fraction_of_peak"
  }
}

extension BenchmarkResult {
  init(
    workload: BenchmarkWorkload, objective: BenchmarkWorkload.Objective,
    penalty: RegularizerSettings, plan: BatchPlan, times: StepTimes, preparation: Duration,
    parameters: Int, loadBefore: Double, loadAfter: Double, convolutions: String,
    profile: [ProfileEntry]
  ) {
    self.workload = workload.rawValue
    self.objective = objective.rawValue
    (every, fraction) = (penalty.every, penalty.fraction)
    world = plan.ranks
    threads = plan.replicas
    batchPerRank = plan.perRank
    microBatch = plan.microBatch
    self.parameters = parameters
    self.convolutions = convolutions
    steps = times.wall.count
    let wall = times.wall.means(ofCycles: penalty.every)
    medianSeconds = wall.median.rounded(toDigits: 6)
    shortestSeconds = (wall.min() ?? .nan).rounded(toDigits: 6)
    processorSeconds = times.processor.means(ofCycles: penalty.every).median.rounded(toDigits: 6)
    imagesPerSecond = (Double(plan.globalBatch) / wall.median).rounded(toDigits: 3)
    warmupSeconds = (preparation / .seconds(1)).rounded(toDigits: 2)
    loss = [times.last[LossTerm.denoising] ?? 0, times.lastPenalty].map { $0.rounded(toDigits: 4) }
    self.loadBefore = loadBefore.rounded(toDigits: 2)
    self.loadAfter = loadAfter.rounded(toDigits: 2)
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    peakMemory = Int((Double(usage.ru_maxrss) / 1024).rounded())
    self.profile =
      profile.isEmpty
      ? nil : StepProfile(profile, steps: times.wall.count, seconds: times.wall.reduce(0, +))
  }

  /// Relates the arithmetic of this rank's share of a step to what the machine can do.
  mutating func compare(operations: Int, with peak: ConvolutionPeak) {
    let model = Double(operations) * 1e-9
    peakGigaflops = peak.gigaflops.rounded(toDigits: 2)
    modelGigaflops = model.rounded(toDigits: 6)
    fractionOfPeak = (model / processorSeconds / peak.gigaflops).rounded(toDigits: 4)
  }

  /// The result as one line of JSON.
  public var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let json = try? encoder.encode(self) else { return "{}" }
    return String(decoding: json, as: UTF8.self)
  }
}

extension [Double] {
  /// The mean of each run of so many elements; their number is a multiple of it.
  func means(ofCycles length: Int) -> [Double] {
    stride(from: 0, to: count, by: length).map {
      self[$0..<$0 + length].reduce(0, +) / Double(length)
    }
  }

  /// The middle element in order, or the mean of the middle two.
  var median: Double {
    guard !isEmpty else { return .nan }
    let ordered = sorted()
    return (ordered[(count - 1) / 2] + ordered[count / 2]) / 2
  }
}

extension Double {
  func rounded(toDigits digits: Int) -> Double {
    let scale = pow(10, Double(digits))
    return (self * scale).rounded() / scale
  }
}
