import ArgumentParser
import Checkpoints
import Foundation
import MPI
import Networks
import RunConfiguration
import Training

extension CheckpointCommand {
  /// Makes a run of weights that come from elsewhere.
  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a new run whose first checkpoint has the weights of a safetensors file.",
      discussion: """
        The file has the names and layouts of the reference implementation, with or without its \
        prefix 'module.'. The weights become the average too. The run can be sampled, evaluated, \
        and trained further from step 0.
        """)

    @Argument(help: ArgumentHelp("The weights.", valueName: "file.safetensors"))
    var file: String

    @Option(name: .customLong("run"), help: "The folder of the new run.")
    var folder: String

    @Option(help: "A preset or a YAML file that describes the model.")
    var config: String

    @Option(help: "What precedes the names in the file; other tensors are left out.")
    var prefix: String?

    @OptionGroup var changes: SettingChanges

    func run() throws {
      let world = try Session.start().world
      let settings = try world.together {
        try ResolvedSettings(config, overrides: changes.overrides).settings
      }
      let target = RunFolder(path: folder)
      let state = try world.together {
        let network = try settings.trainingSubject().network
        let state = TrainingState(ParameterLayout(network.parameters))
        try readWeights(into: state)
        return state
      }
      _ = try world.fromRankZero {
        guard try target.settings() == nil, try target.checkpoints.newest() == nil else {
          throw TrainingError.notARunFolder(path: target.path, found: "a run")
        }
        return try target.claim(for: settings, startsAnew: false)
      }
      try SharedFolder.require(target.url, over: world)
      _ = try target.checkpoints.prepare(over: world)
      _ = try world.fromRankZero {
        try target.write(settings)
        return true
      }
      let notes = ["config": settings.yaml, "version": ProgramVersion.current, "origin": file]
      _ = try target.checkpoints.save(
        state.counters.progress(seed: settings.seed, notes: notes), buffers: state.buffers,
        table: state.layout.table, over: world)
      Session.note(
        "\(state.layout.table.slices.count) tensors of \(file) are step 0 of \(target.path)")
    }

    private func readWeights(into state: TrainingState) throws {
      let url = URL(filePath: file)
      // The reference implementation stores a table that continuous-time models never read.
      try WeightsFile.read(
        from: url, into: state.parameters.values, table: state.layout.table,
        prefix: try prefix ?? usualPrefix(of: url, for: state), allowing: ["sigmas"])
      state.average.copy(from: state.parameters)
    }

    private func usualPrefix(of url: URL, for state: TrainingState) throws -> String {
      let names = Set(try SafetensorsFile(opening: url).names)
      let first = state.layout.table.slices.first?.name ?? ""
      return ["", "module.", "param/"].first { names.contains($0 + first) } ?? ""
    }
  }
}
