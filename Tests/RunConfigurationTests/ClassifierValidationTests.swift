import RunConfiguration
import Testing

@Suite("Settings of classifiers")
struct ClassifierValidationTests {
  private func message(_ overrides: [String]) -> String? {
    do {
      try ResolvedSettings("toy-moons", overrides: overrides).settings.validate()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("A classifier of the moons is accepted with each objective")
  func objectives() {
    for objective in ["cross_entropy", "dlsm", "total"] {
      #expect(
        message(["classifier.objective=\(objective)", "classifier.score_run=runs/score"]) == nil)
    }
  }

  @Test(
    "What does not fit is named with what is expected",
    arguments: [
      (["classifier.objective=total"], "classifier.score_run: found null, expected the run folder"),
      (
        ["classifier.objective=cross_entropy", "model.kind=mlp"],
        "model.kind: found mlp, expected conditioned_mlp"
      ),
      (
        ["classifier.objective=cross_entropy", "dataset.class=1"],
        "dataset.class: found 1, expected all classes"
      ),
      (
        ["classifier.objective=cross_entropy", "dataset.kind=toy-spirals"],
        "dataset.kind: found toy-spirals, expected all classes of data with labels"
      ),
      (["dataset.class=2"], "dataset.class: found 2, expected a class from 0 to 1"),
      (
        ["dataset.class=0", "dataset.kind=toy-spirals"],
        "dataset.class: found 0, expected null, since toy-spirals has no labels"
      ),
      (
        ["classifier.objective=cross_entropy", "regularizer.kind=quasi_conservative"],
        "regularizer.kind: found quasi_conservative, expected none"
      ),
      (
        ["dataset.kind=cifar10", "model.kind=resnet18"],
        "classifier.objective: found none, expected cross_entropy, dlsm or total"
      ),
    ])
  func misfits(overrides: [String], start: String) {
    let found = message(overrides)
    #expect(found?.contains(start) == true, "\(found ?? "accepted")")
  }

  @Test("A group of batch normalization must not be cut")
  func groups() throws {
    var settings = RunSettings()
    settings.model.kind = .resNet18
    settings.classifier.objective = .crossEntropy
    settings.training.globalBatch = 64
    let plan = try BatchPlan(globalBatch: 64, ranks: 2)
    #expect(throws: ConfigurationError.self) { try settings.validateNormalization(in: plan) }
    settings.classifier.normalizationGroup = 16
    try settings.validateNormalization(in: plan)
    settings.classifier.normalizationGroup = 24
    #expect(throws: ConfigurationError.self) { try settings.validateNormalization(in: plan) }
  }
}
