import ArgumentParser
import Checkpoints
import Foundation
import Training

/// Looks at checkpoints and exchanges weights.
struct CheckpointCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Inspect, verify, export or import checkpoints.",
    subcommands: [Inspect.self, Verify.self, Export.self, Import.self])

  /// Prints what a run's checkpoints hold.
  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what a checkpoint of a run holds.")

    @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
    var folder: String

    @Option(help: "The step of the checkpoint; the newest by default.")
    var step: Int?

    @Flag(help: "List all tensors.")
    var tensors = false

    func run() throws {
      try Session.onRankZero(inspect)
    }

    private func inspect() throws -> ExitStatus {
      let store = RunFolder(path: folder).checkpoints
      let steps = try store.completeSteps()
      guard let step = step ?? steps.last else { throw store.hasNoCheckpoint }
      let manifest = try store.checkpoint(ofStep: step).manifest
      let progress = manifest.progress
      let values = manifest.table.slices.reduce(0) { $0 + $1.elementCount }
      print("checkpoints: \(steps.map(String.init).joined(separator: ", "))")
      print("step \(progress.step), \(progress.examples) examples, seed \(progress.seed)")
      for (name, count) in progress.counters.sorted(by: { $0.key < $1.key }) {
        print("\(name): \(count)")
      }
      if let version = progress.notes["version"] { print("version: \(version)") }
      print("buffers: \(manifest.buffers.joined(separator: ", "))")
      print("\(manifest.table.slices.count) tensors, \(values) values in each buffer")
      for shard in manifest.shards {
        print("\(shard.file): \(shard.bytes) bytes, CRC-32C \(shard.crc32c)")
      }
      guard tensors else { return .done }
      for slice in manifest.table.slices { print("\(slice.name) \(slice.shape)") }
      return .done
    }
  }

  /// Compares the files of checkpoints with their checksums.
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compare all files of a run's checkpoints with their checksums.",
      discussion: "Ends with exit code 3 if a file is missing or damaged.")

    @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
    var folder: String

    @Option(help: "The step of the checkpoint; all by default.")
    var step: Int?

    func run() throws {
      try Session.onRankZero(verify)
    }

    private func verify() throws -> ExitStatus {
      let store = RunFolder(path: folder).checkpoints
      let steps = try step.map { [$0] } ?? store.completeSteps()
      guard !steps.isEmpty else { throw store.hasNoCheckpoint }
      var damaged = 0
      for step in steps {
        let problems = store.verify(step: step).compactMap(\.problem)
        print("step \(step): \(problems.isEmpty ? "intact" : "damaged")")
        for problem in problems { print("    \(problem)") }
        damaged += problems.isEmpty ? 0 : 1
      }
      return damaged > 0 ? .data : .done
    }
  }

  /// Writes the weights of a run as one file.
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the averaged weights of a run as one safetensors file.",
      discussion: "Tensors have the names and layouts of the reference implementation.")

    @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
    var folder: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file.safetensors"))
    var output: String

    @Flag(help: "Write the optimizer's own weights instead of their average.")
    var raw = false

    @Option(help: "The step of the checkpoint; the newest intact one by default.")
    var step: Int?

    func run() throws {
      try Session.onRankZero(export)
    }

    private func export() throws -> ExitStatus {
      let runFolder = RunFolder(path: folder)
      let found = try runFolder.step(asked: step)
      found.warnings.forEach(Session.warn)
      let checkpoint = try runFolder.checkpoints.checkpoint(ofStep: found.step)
      let choice: WeightChoice = raw ? .raw : .ema
      try WeightsFile.export(choice.buffer, of: checkpoint, to: URL(filePath: output))
      print(
        "\(checkpoint.manifest.table.slices.count) tensors of step \(found.step), "
          + "\(choice.rawValue) weights: \(output)")
      return .done
    }
  }
}
