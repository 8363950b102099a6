import Checkpoints
import MPI
import Networks
import RunConfiguration

/// Whether all ranks have the same settings, which fit their number and the run folder.
struct ConfigurationCheck: PreflightCheck {
  let name = "configuration"

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    let world = context.world
    var finding = PreflightFinding(self)
    let texts = try world.allGatherStrings(context.settings?.yaml.checksum ?? "")
    let known = texts.filter { !$0.isEmpty }.majority
    finding.figure =
      known.value.isEmpty
      ? "no settings" : "checksum \(known.value), \(Quantity.count(world.size, "rank"))"
    finding.fail(try world.attempt { _ = try context.resolved.get() }.failures, context)
    // The lowest rank with the settings of most shows them to those with others.
    guard let reference = texts.firstIndex(of: known.value), !known.value.isEmpty else {
      return finding
    }
    let yaml = try world.broadcast(context.settings?.yaml ?? "", root: reference)
    let differences = try world.allGatherStrings(Self.differences(context.settings, from: yaml))
    for line in context.lines(differences.spoken) {
      finding.fail(line, .usage)
    }
    finding.fail(try world.attempt { try fits(context) }.failures, context)
    return finding
  }

  private func fits(_ context: PreflightContext) throws {
    guard let settings = context.settings else { return }
    _ = try settings.batchPlan(ranks: context.world.size)
    let network = try settings.trainingSubject().network
    // Of the rest of what a run takes there is a check of its own.
    try TrainingState.requireMemory(
      for: ParameterLayout(network.parameters), settings.dataParallel, ranks: context.world.size)
    // Reads only; that the folder is the same for all is another check.
    if context.world.rank == 0 { _ = try context.folder?.claim(for: settings, startsAnew: false) }
  }

  private static func differences(_ settings: RunSettings?, from yaml: String) -> String {
    guard let settings, settings.yaml != yaml,
      let reference = try? ResolvedSettings(yaml: yaml, source: "others").settings
    else { return "" }
    return RunSettings.differences(between: reference, and: settings).map(\.description)
      .joined(separator: ", ")
  }
}

extension String {
  /// Eight digits that tell texts apart.
  fileprivate var checksum: String { CRC32C.checksum(of: utf8).hexadecimalDigits }
}
