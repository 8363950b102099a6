import RunConfiguration
import Testing

@Suite("Presets")
struct PresetTests {
  @Test("Every preset loads, passes validation and gives no warning", arguments: Preset.allCases)
  func everyPresetLoads(preset: Preset) throws {
    let resolved = try ResolvedSettings(preset.name)
    #expect(resolved.settings.name == preset.name)
    #expect(resolved.warnings.isEmpty)
    #expect(preset.yaml.hasPrefix("# \(preset.summary)"))
    try resolved.settings.validate(ranks: 2)
  }

  @Test("The three toy presets differ in nothing but name, head and penalty")
  func toyPresetsDifferInTheMethodOnly() throws {
    let unconstrained = try ResolvedSettings("toy-8gaussians-u").settings
    let constrained = try ResolvedSettings("toy-8gaussians-c").settings
    let quasi = try ResolvedSettings("toy-8gaussians-qc").settings
    #expect(
      RunSettings.differences(between: unconstrained, and: constrained).map(\.key)
        == ["name", "model.head", "model.energy_activation"])
    #expect(
      RunSettings.differences(between: unconstrained, and: quasi).map(\.description) == [
        "name: toy-8gaussians-u -> toy-8gaussians-qc",
        "regularizer.kind: none -> quasi_conservative",
        "regularizer.estimator: skew -> exact",
        "regularizer.weight: 0.0001 -> 0.1",
      ])
  }

  @Test("The toy preset is the published recipe")
  func toyRecipe() throws {
    let settings = try ResolvedSettings("toy-8gaussians-qc").settings
    #expect(settings.training.steps == 2001)
    #expect(settings.training.globalBatch == 5000)
    #expect(settings.optimizer.learningRate == 7.5e-4)
    #expect(settings.optimizer.warmupSteps == 0)
    #expect(settings.sde.sigmaMin == 0.1)
    #expect(settings.sde.sigmaMax == 3)
    #expect(settings.objective.reduction == .sum)
    #expect(!settings.ema.isOn)
  }

  @Test("The moons' preset is the published recipe")
  func moonsRecipe() throws {
    let settings = try ResolvedSettings("toy-moons").settings
    #expect(settings.training.steps == 40_001)
    #expect(settings.training.globalBatch == 4000)
    #expect(settings.dataset.points == 10_000)
    #expect(settings.optimizer.learningRate == 6.5e-4)
    #expect(settings.optimizer.clipNorm == 0 && settings.optimizer.warmupSteps == 0)
    #expect(settings.sde.sigmaMin == 0.001 && settings.sde.sigmaMax == 10)
    #expect(settings.objective.reduction == .mean && settings.objective.noisePower == 2)
  }

  @Test("The CIFAR-10 preset is the published recipe")
  func cifarRecipe() throws {
    let settings = try ResolvedSettings("cifar10-qc").settings
    #expect(settings.model.width == 128)
    #expect(settings.model.channelMultipliers == [1, 2, 2, 2])
    #expect(settings.model.residualBlocks == 8)
    #expect(settings.model.dropout == 0.1)
    #expect(settings.model.progressiveInput == .residual)
    #expect(settings.dataset.flip)
    #expect(settings.regularizer.kind == .quasiConservative)
    #expect(settings.regularizer.estimator == .paper)
    #expect(settings.regularizer.weight == 1e-4)
    #expect(settings.training.steps == 750_001)
    #expect(settings.sde.samplingEnd == 1e-5)
  }
}
