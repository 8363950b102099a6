import TestSupport
import Testing

@testable import RunConfiguration

/// Damaged configurations are refused with an error or mean what `config show` prints: no crash, no
/// hang, no memory out of proportion.
@Suite(.serialized) struct ConfigurationFuzzTests {
  private static let cases = 10_000

  @Test func damagedConfigurationsAreRefusedOrReadBack() throws {
    let texts = [
      Preset.cifarQuasiConservative.yaml, Preset.fashionQuasiConservative.yaml,
      Preset.toyMoons.yaml, try ResolvedSettings("cifar10-qc").settings.yaml,
      try ResolvedSettings("toy-8gaussians-qc").settings.yaml,
    ]
    var (refused, accepted) = (0, 0)
    try AddressSpace.growing(byAtMost: 1 << 30) {
      for number in 0..<Self.cases {
        var mutator = Mutator(seed: 8, case: number)
        mutator.words = [
          "preset: toy-8gaussians-u\n", "preset: cifar10-qc\n", "training:\n  steps: 5\n", "&a ",
          "*a", "<<: *a\n", "---\n", "...\n", "!!binary ", "!!float ", "\t", "%YAML 9.9\n", "|\n",
          ">-\n", "\"\\x", "[1, 2", "{a: b", ": ", "- ", "#", "\u{FEFF}", "\u{0}", "'",
          "model:\n  width: 9223372036854775804\n", "channel_multipliers: [4611686018427387904]\n",
        ]
        let text = texts[number % texts.count]
        let damaged = String(decoding: mutator.damage(Array(text.utf8)), as: UTF8.self)
        do throws(ConfigurationError) {
          let resolved = try ResolvedSettings(yaml: damaged, source: "damaged.yaml")
          accepted += 1
          _ = resolved.warnings
          _ = try? resolved.settings.batchPlan(ranks: 3, largestMicroBatch: 32)
          let again = try ResolvedSettings(yaml: resolved.settings.yaml, source: "again.yaml")
          #expect(again.settings == resolved.settings, "case \(number)")
        } catch {
          refused += 1
          #expect(error.description.utf8.count < 5_000, "case \(number)")
        }
      }
    }
    #expect(refused > Self.cases / 4 && accepted > 0)
  }

  @Test func aliasesOfAliasesAreRefused() {
    let levels = (1...30).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
    let text = "a0: &a0 [1, 1]\n" + levels.joined(separator: "\n")
    let error = #expect(throws: ConfigurationError.self) {
      try ResolvedSettings(yaml: text, source: "laughs.yaml")
    }
    #expect(error?.description == "laughs.yaml: found 60 aliases (*name), expected at most 24")
  }

  @Test func aliasOfANumberIsTheNumber() throws {
    let text = """
      preset: toy-8gaussians-u
      training:
        steps: &often 40
        checkpoint_every: *often
      """
    let settings = try ResolvedSettings(yaml: text, source: "alias.yaml").settings
    #expect(settings.training.checkpointEvery == 40)
  }

  @Test func numbersBeyondCountingAreRefused() {
    for (override, found) in [
      ("model.width=9223372036854775804", "9223372036854775804"),
      ("model.channel_multipliers=[1, 4611686018427387904]", "[1, 4611686018427387904]"),
      ("training.micro_batch=2000000000", "2000000000"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try ResolvedSettings("cifar10-qc", overrides: [override])
      }
      #expect(error?.found == found)
      #expect(error?.expected.hasSuffix("no number beyond 1000000000") ?? false)
    }
  }
}
