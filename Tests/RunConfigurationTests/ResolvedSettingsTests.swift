import Foundation
import RunConfiguration
import TestSupport
import Testing

@Suite("Resolved settings")
struct ResolvedSettingsTests {
  @Test("Overrides win over the file, the file over the preset, the preset over defaults")
  func laterLayersWin() throws {
    let yaml = """
      preset: fashion-mnist-qc
      seed: 7
      training:
        steps: 40
        log_every: 5
      """
    let resolved = try ResolvedSettings(
      yaml: yaml, source: "run.yaml", overrides: ["training.steps=60", "training.steps=80"])
    #expect(resolved.settings.training.steps == 80)
    #expect(resolved.settings.training.logEvery == 5)
    #expect(resolved.settings.training.globalBatch == 16)
    #expect(resolved.settings.sde.sigmaMax == 50)
    #expect(resolved.origin(of: "training.steps") == .override)
    #expect(resolved.origin(of: "training.log_every") == .file("run.yaml", line: 5))
    #expect(resolved.origin(of: "training.global_batch") == .preset("fashion-mnist-u"))
    #expect(resolved.origin(of: "regularizer.kind") == .preset("fashion-mnist-qc"))
    #expect(resolved.origin(of: "sde.sigma_max") == .defaultValue)
  }

  @Test("A file may start from a preset wherever in the file it says so")
  func presetKeyMayComeLast() throws {
    let yaml = "seed: 7\nname: mine\npreset: cifar10-qc\n"
    let resolved = try ResolvedSettings(yaml: yaml, source: "run.yaml")
    #expect(resolved.settings.name == "mine")
    #expect(resolved.settings.model.residualBlocks == 8)
  }

  @Test("The YAML of resolved settings reads back to equal settings", arguments: Preset.allCases)
  func outputReadsBack(preset: Preset) throws {
    let resolved = try ResolvedSettings(preset.name)
    for yaml in [resolved.settings.yaml, resolved.annotatedYAML] {
      let again = try ResolvedSettings(yaml: yaml, source: "config.yaml")
      #expect(again.settings == resolved.settings)
      #expect(again.settings.yaml == resolved.settings.yaml)
    }
  }

  @Test("Unusual values survive the round trip")
  func unusualValuesReadBack() throws {
    let names = [
      "on", "null", "~", "1e5", "12", "a: b", "# no", " padded ", "say \"hi\"", "back\\slash",
      "tab\tand\nline", "Größe", "\u{7F}\u{85}", "'", "[1]", "{a: 1}", "-", "true", "é+-_/. x",
      ".inf", "0x10", "2026-01-01", "y", "a#b", "a #b", "*star", "&and", "!tag", "%", "@", "`",
    ]
    for name in names {
      var settings = try ResolvedSettings("fashion-mnist-qc").settings
      settings.name = name
      settings.seed = .max
      settings.dataset.path = "/data/" + name
      settings.optimizer.epsilon = .leastNonzeroMagnitude
      settings.optimizer.learningRate = 0.1 + 0.2
      settings.regularizer.weight = .greatestFiniteMagnitude
      settings.model.attentionResolutions = []
      settings.training.microBatch = 4
      settings.training.maxMinutes = 0.5
      settings.numerics.winograd = .on
      let again = try ResolvedSettings(yaml: settings.yaml, source: "config.yaml")
      #expect(again.settings == settings)
    }
  }

  @Test("Codable keys are those of the YAML")
  func codableRoundTrip() throws {
    let settings = try ResolvedSettings("toy-8gaussians-qc").settings
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(RunSettings.self, from: data) == settings)
    let tree = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let optimizer = tree?["optimizer"] as? [String: Any]
    #expect(optimizer?["learning_rate"] as? Double == 7.5e-4)
    // Fields that are null are absent from the encoded tree, all others stand in the schema.
    let sections = tree?.values.compactMap { $0 as? [String: Any] } ?? []
    let encoded = sections.reduce(0) { $0 + $1.count } + 2
    let shown = try ResolvedSettings("toy-8gaussians-qc").entries
    #expect(encoded == shown.filter { $0.value != "null" }.count)
  }

  @Test("Values may be null, sequences and choices on the command line")
  func overridesAreYAML() throws {
    let settings = try ResolvedSettings(
      "fashion-mnist-qc",
      overrides: [
        "training.micro_batch=4", "training.micro_batch=null", "model.channel_multipliers=[1, 2]",
        "numerics.winograd=off", "training.max_minutes=1.5", "name=a=b",
      ]
    ).settings
    #expect(settings.training.microBatch == nil)
    #expect(settings.model.channelMultipliers == [1, 2])
    #expect(settings.numerics.winograd == .off)
    #expect(settings.training.maxMinutes == 1.5)
    #expect(settings.name == "a=b")
  }

  @Test("A file on disk is read by its path")
  func filesAreRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("preset: cifar10-qc\nseed: 9\n", to: "small.yaml")
    let resolved = try ResolvedSettings(path)
    #expect(resolved.settings.seed == 9)
    #expect(resolved.origin(of: "seed").description == "file \(path):2")
  }

  @Test("The shown tree aligns each value with its origin")
  func annotatedOutputShowsOrigins() throws {
    let resolved = try ResolvedSettings("fashion-mnist-qc", overrides: ["seed=3"])
    let lines = resolved.annotatedYAML.split(separator: "\n")
    #expect(lines[0].hasPrefix("name: fashion-mnist-qc "))
    #expect(lines[0].hasSuffix(" # preset fashion-mnist-qc"))
    #expect(lines[1].hasPrefix("seed: 3 "))
    #expect(lines[1].hasSuffix(" # --set"))
    #expect(lines[2] == "dataset:")
  }
}
