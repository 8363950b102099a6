import Autodiff
import Foundation
import MPI
import Networks
import RunConfiguration
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
