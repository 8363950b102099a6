import RunConfiguration
import Testing

@Suite("Configuration errors")
struct ErrorMessageTests {
  /// A wrong text, what it is wrong with, and the whole line the user reads.
  struct Case: Sendable, CustomTestStringConvertible {
    let yaml: String
    let problem: ConfigurationError.Problem
    let message: String

    init(_ yaml: String, _ problem: ConfigurationError.Problem, _ message: String) {
      self.yaml = yaml
      self.problem = problem
      self.message = message
    }

    var testDescription: String { message }
  }

  static let cases: [Case] = [
    Case(
      "checkpoint:\n  keep_lats: 2", .unknownKey,
      "run.yaml:2: checkpoint.keep_lats: found an unknown key, expected one of keep_last, "
        + "keep_every, on_error (did you mean checkpoint.keep_last?)"),
    Case(
      "ema:\n  learning_rate: 1", .unknownKey,
      "run.yaml:2: ema.learning_rate: found an unknown key, expected one of decay, ramp "
        + "(did you mean optimizer.learning_rate?)"),
    Case(
      "seed: 2\n\ntraning:\n  steps: 3", .unknownKey,
      "run.yaml:3: traning: found an unknown key, expected one of name, seed, dataset, model, sde, "
        + "objective, regularizer, classifier, optimizer, ema, training, checkpoint, sampling, "
        + "evaluation, communication, data_parallel, watchdog, numerics (did you mean training?)"),
    Case(
      "ema:\n  zzzzzzzzzz: 1", .unknownKey,
      "run.yaml:2: ema.zzzzzzzzzz: found an unknown key, expected one of decay, ramp"),
    Case(
      "training:\n  steps: many", .wrongType,
      "run.yaml:2: training.steps: found many, expected a whole number of at least 1"),
    Case(
      "training:\n  steps: 2.5", .wrongType,
      "run.yaml:2: training.steps: found 2.5, expected a whole number of at least 1"),
    Case(
      "training:\n  steps: \"300\"", .wrongType,
      "run.yaml:2: training.steps: found the quoted text \"300\", expected a whole number of at "
        + "least 1"),
    Case(
      "seed: -1", .wrongType,
      "run.yaml:1: seed: found -1, expected a whole number from 0 to 2^64 - 1"),
    Case(
      "dataset:\n  flip: yes", .wrongType,
      "run.yaml:2: dataset.flip: found yes, expected true or false"),
    Case(
      "ema:\n  decay: [0.9]", .wrongType,
      "run.yaml:2: ema.decay: found [0.9], expected a number in [0, 1)"),
    Case(
      "ema:\n  decay: nan", .wrongType,
      "run.yaml:2: ema.decay: found nan, expected a number in [0, 1)"),
    Case(
      "ema:\n  decay:", .wrongType,
      "run.yaml:2: ema.decay: found nothing, expected a number in [0, 1)"),
    Case(
      "model:\n  channel_multipliers: 2", .wrongType,
      "run.yaml:2: model.channel_multipliers: found 2, expected a sequence, each element a whole "
        + "number of at least 1 (not empty)"),
    Case(
      "regularizer:\n  estimator: skw", .wrongType,
      "run.yaml:2: regularizer.estimator: found skw, expected one of skew, paper, exact "
        + "(did you mean skew?)"),
    Case(
      "ema: 3", .wrongType,
      "run.yaml:1: ema: found 3, expected a mapping with any of decay, ramp"),
    Case(
      "seed: 1\nema:\n  decay: 0.9\n  ramp: true\n  decay: 0.99", .duplicateKey,
      "run.yaml:3: ema.decay: found the key more than once, expected it once"),
    Case(
      "seed: 1\nseed: 2", .duplicateKey,
      "run.yaml:1: seed: found the key more than once, expected it once"),
    Case(
      "- seed", .malformedText,
      "run.yaml:1: found [seed], expected a mapping from keys to values"),
    Case(
      "seed: 1\nname: [a", .malformedText,
      "run.yaml:3: found \"did not find expected ',' or ']'\", expected YAML"),
    Case(
      "preset: fashion-mnist-cq", .unknownPreset,
      "run.yaml:1: preset: found fashion-mnist-cq, expected a preset (toy-8gaussians-u, "
        + "toy-8gaussians-c, toy-8gaussians-qc, toy-spirals-u, toy-spirals-c, toy-spirals-qc, "
        + "toy-checkerboard-u, toy-checkerboard-c, toy-checkerboard-qc, toy-mixture-dsm, "
        + "toy-mixture-fpe, toy-moons, fashion-mnist-u, fashion-mnist-c, fashion-mnist-qc, "
        + "cifar10-qc) (did you mean fashion-mnist-qc?)"),
    Case(
      "preset: [a]", .wrongType,
      "run.yaml:1: preset: found [a], expected the name of a preset"),
    Case(
      "dataset:\n  kind: cifar10\nmodel:\n  kind: ncsnpp\ntraining:\n  steps: 10", .missingKey,
      "run.yaml: training.global_batch: found nothing, expected a whole number of at least 1, "
        + "which has no default"),
    Case(
      "", .missingKey,
      "run.yaml: dataset.kind: found nothing, expected one of fashion-mnist, idx, cifar10, "
        + "toy-8gaussians, toy-spirals, toy-checkerboard, toy-mixture, toy-moons, which has no default"
    ),
    Case(
      "preset: cifar10-qc\ntraining:\n  steps: 0", .outOfRange,
      "run.yaml:3: training.steps: found 0, expected a whole number of at least 1"),
    Case(
      "preset: cifar10-qc\nsde:\n  sigma_min: 60", .inconsistentValues,
      "run.yaml:3: sde.sigma_min: found 60.0, expected a number below sde.sigma_max, which is 50.0"
    ),
  ]

  @Test("Each mistake gives one line with place, key, found and expected", arguments: cases)
  func eachMistakeGivesOneLine(example: Case) {
    let error = #expect(throws: ConfigurationError.self) {
      try ResolvedSettings(yaml: example.yaml, source: "run.yaml")
    }
    #expect(error?.problem == example.problem)
    #expect(error?.description == example.message)
  }

  @Test("An override's mistake names --set")
  func overridesNameTheirOption() {
    let expected = [
      "training.stepz=3":
        "--set: training.stepz: found an unknown key, expected one of steps, global_batch, "
        + "micro_batch, checkpoint_every, sample_every, log_every, evaluate_every, "
        + "nonfinite_limit, max_minutes (did you mean training.steps?)",
      "sampling.method=pc":
        "--set: sampling.method: found an unknown key, expected one of sampler, predictor, corrector, "
        + "steps, snr, corrector_steps, denoise, rtol, atol, count, group_size",
      "data_paralel.mod=sharded":
        "--set: data_paralel.mod: found an unknown key, expected one of name, seed, dataset, model, "
        + "sde, objective, regularizer, classifier, optimizer, ema, training, checkpoint, sampling, "
        + "evaluation, communication, data_parallel, watchdog, numerics (did you mean "
        + "data_parallel.mode?)",
      "training.steps=3.5":
        "--set: training.steps: found 3.5, expected a whole number of at least 1",
      "training.steps": "--set: found training.steps, expected KEY=VALUE",
      "=3": "--set: found =3, expected KEY=VALUE",
      "seed=1\nother: 2": "--set: seed: found 1\nother: 2, expected one value in YAML",
      "regularizer.weight=-1":
        "--set: regularizer.weight: found -1.0, expected a number of at least 0",
    ]
    for (override, message) in expected {
      let error = #expect(throws: ConfigurationError.self) {
        try ResolvedSettings("fashion-mnist-qc", overrides: [override])
      }
      #expect(error?.description == message)
    }
  }

  @Test("A word that is neither preset nor file lists the presets and suggests the nearest")
  func unknownPresetSuggestsTheNearest() {
    let error = #expect(throws: ConfigurationError.self) { try ResolvedSettings("cifar-qc") }
    #expect(error?.problem == .unknownPreset)
    #expect(error?.suggestion == "cifar10-qc")
    #expect(error?.description.hasPrefix("found cifar-qc, expected a preset (toy-8") == true)
  }

  @Test("A missing file is named")
  func missingFileIsNamed() {
    let error = #expect(throws: ConfigurationError.self) { try ResolvedSettings("no/such.yaml") }
    #expect(error?.problem == .unreadableFile)
    #expect(
      error?.description == "no/such.yaml: found no such file, expected a configuration in YAML")
  }
}
