import Autodiff
import Execution
import Foundation
import MPI
import Networks
import RunConfiguration
import Scores
import Telemetry
import Testing

@testable import Training

@Suite(.serialized) struct BenchmarkWorkloadTests {
  @Test(
    "The networks have the sizes of the workloads that other programs are measured on",
    arguments: [
      (BenchmarkWorkload.toy2D, 33_794), (.fashionMNIST, 1_282_305), (.cifarWidth64, 10_104_387),
      (.cifarPaper, 107_586_947),
    ])
  func networkSizes(workload: BenchmarkWorkload, expected: Int) throws {
    let settings = workload.settings(.quasiConservative, globalBatch: workload.batch)
    let parameters = try workload.model(settings).network.parameters.filter(\.isTrainable)
    #expect(parameters.reduce(0) { $0 + $1.shape.count } == expected)
  }

  @Test("A measured step is the training step of the workload's settings")
  func stepOfTheSettings() throws {
    var benchmark = StepBenchmark(.toy2D)
    benchmark.batch = 64
    (benchmark.warmup, benchmark.steps, benchmark.isProfiled) = (1, 4, true)
    let result = try benchmark.run(over: MPIEnvironment.start().world)
    #expect(result.batchPerRank == 64 && result.steps == 4 && result.parameters == 33_794)
    #expect(result.loss.allSatisfy { $0.isFinite && $0 > 0 })
    #expect(result.shortestSeconds <= result.medianSeconds)
    let shares = try #require(result.profile).kinds.reduce(0) { $0 + $1.share }
    #expect(abs(shares - 1) < 1e-2)
    let peak = try #require(result.peakGigaflops)
    let model = try #require(result.modelGigaflops)
    // 64 points through 3 x 128 + 2 x 128 x 128 + 128 x 2 weights, nine times.
    #expect(abs(model - 9 * 64 * 2 * 33_408 * 1e-9) <= 5e-7)
    let fraction = try #require(result.fractionOfPeak)
    #expect(abs(fraction - model / result.processorSeconds / peak) < 1e-3)
  }

  // In blocks that enlarge an image, the 1 x 1 convolution of the skip comes after the filter in the
  // reference networks, and before it, on a quarter of the pixels, here.
  @Test(
    "The arithmetic of the networks is that of the reference but for skips that are enlarged later",
    arguments: [
      (BenchmarkWorkload.toy2D, reference: 66_816, saved: 0),
      (.fashionMNIST, reference: 656_162_816, saved: 7_864_320),
      (.cifarWidth64, reference: 3_567_222_784, saved: 33_030_144),
    ])
  func networkArithmetic(workload: BenchmarkWorkload, reference: Int, saved: Int) throws {
    let settings = workload.settings(.denoising, globalBatch: 2)
    let score = ScoreProgram(try workload.model(settings), batch: 2)
    #expect(score.program.contractionOperations == 2 * (reference - saved))
  }

  @Test("A traced benchmark records each measured step and what it consists of")
  func trace() throws {
    var benchmark = StepBenchmark(.toy2D)
    benchmark.isTraced = true
    (benchmark.batch, benchmark.warmup, benchmark.steps) = (16, 1, 3)
    let result = try benchmark.run(over: MPIEnvironment.start().world)
    let text = try #require(result.trace).text
    for name in ["step", "program", "wait for batch", "optimizer", "all-reduce of sums"] {
      #expect(text.components(separatedBy: "\"name\":\"\(name)\"").count == 4, "\(name)")
    }
    #expect(text.contains("fused loop"))
    #expect(result.profile == nil && result.peakGigaflops == nil)
  }

  @Test("Replicas share the examples of a rank and change no loss")
  func replicas() throws {
    var benchmark = StepBenchmark(.toy2D)
    (benchmark.batch, benchmark.warmup, benchmark.steps) = (64, 0, 2)
    let one = try benchmark.run(over: MPIEnvironment.start().world)
    benchmark.replicas = 2
    let two = try benchmark.run(over: MPIEnvironment.start().world)
    #expect(one.threads == 1 && two.threads == 2)
    #expect(two.batchPerRank == 64 && two.microBatch == 32)
    // Losses are rounded to four digits after the point.
    for (one, two) in zip(one.loss, two.loss) { #expect(abs(one - two) <= 1e-4 + 1e-5 * one) }
  }

  @Test("Only the penalty distinguishes the objectives")
  func objectives() {
    let plain = BenchmarkWorkload.fashionMNIST.settings(.denoising, globalBatch: 32)
    let skew = BenchmarkWorkload.fashionMNIST.settings(.quasiConservative, globalBatch: 32)
    let paper = BenchmarkWorkload.fashionMNIST.settings(.paper, globalBatch: 32)
    #expect(plain.regularizer.kind == .none)
    #expect(
      RunSettings.differences(between: skew, and: paper).map(\.key) == ["regularizer.estimator"])
    #expect(
      RunSettings.differences(between: plain, and: skew).map(\.key)
        == ["regularizer.kind", "regularizer.weight"])
  }

  @Test("Steps with a penalty now and then are measured in whole cycles")
  func cycles() throws {
    var benchmark = StepBenchmark(.toy2D)
    (benchmark.batch, benchmark.warmup, benchmark.steps, benchmark.every) = (64, 1, 4, 3)
    benchmark.isProfiled = true
    let result = try benchmark.run(over: MPIEnvironment.start().world)
    #expect(result.steps == 6 && result.every == 3)
    #expect(result.loss.allSatisfy { $0.isFinite && $0 > 0 })
    let details = try #require(result.profile).details.map { $0.kind + ($0.detail ?? "") }
    #expect(Set(details).count == details.count)
    #expect([1.0, 5, 2, 8].means(ofCycles: 2) == [3, 5])
  }

  @Test("The median of an even number of times is the mean of the middle two")
  func median() {
    #expect([4.0, 1, 3, 2].median == 2.5)
    #expect([3.0, 1, 2].median == 2)
  }

  @Test("A result is one line of JSON under the names that the other programs use")
  func oneLine() throws {
    var benchmark = StepBenchmark(.toy2D)
    benchmark.objective = .denoising
    (benchmark.batch, benchmark.warmup, benchmark.steps) = (16, 0, 1)
    let line = try benchmark.run(over: MPIEnvironment.start().world).line
    #expect(!line.contains("\n"))
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let names: Set = [
      "impl", "workload", "objective", "world", "threads", "batch_per_rank", "step_s", "min_s",
      "cpu_s", "images_per_s", "params", "peak_rss_mb", "warmup_s", "steps", "loss", "version",
      "load_before",
    ]
    #expect(names.isSubset(of: object.keys))
    #expect((object["loss"] as? [Double])?.last == 0)
  }
}
