public import Evaluation
public import RunConfiguration
public import Scores

extension RunSettings {
  /// The model with its process, without weights.
  ///
  /// - Returns: The model.
  /// - Throws: `NetworkError` or `ScoresError` if settings do not fit together.
  public func diffusionModel() throws -> DiffusionModel {
    DiffusionModel(try scoreModel(), sde: try process(), condition: noiseCondition)
  }

  /// The classifier with its process, without weights.
  ///
  /// - Returns: The classifier.
  /// - Throws: `NetworkError` or `ScoresError` if settings do not fit together.
  public func noisyClassifier() throws -> NoisyClassifier {
    NoisyClassifier(try classifierModel(), sde: try process(), condition: noiseCondition)
  }

  /// How samples are generated.
  ///
  /// - Returns: The method.
  /// - Throws: `ScoresError` if settings do not fit the process.
  public func samplingMethod() throws(ScoresError) -> SamplingMethod {
    switch sampling.sampler {
    case .pc:
      return .predictorCorrector(
        try PCSampler(
          sde: process(), steps: sampling.steps, epsilon: sde.samplingEnd, predictor: predictor,
          corrector: corrector, denoises: sampling.denoise))
    case .ode:
      let solver = try RungeKutta45(
        relativeTolerance: sampling.rtol, absoluteTolerance: sampling.atol)
      return try probabilityFlow(by: solver)
    case .heun:
      return try probabilityFlow(by: Heun(steps: sampling.steps))
    }
  }

  private func probabilityFlow(by solver: any FlowSolver) throws(ScoresError) -> SamplingMethod {
    .probabilityFlow(
      try ProbabilityFlow(sde: process(), solver: solver, epsilon: sde.samplingEnd),
      denoisingSteps: sampling.denoise ? sde.steps : nil)
  }

  /// The number of samples, and of samples that are generated together.
  ///
  /// - Returns: The groups.
  /// - Throws: `ScoresError` if a number is out of range.
  public func sampleGroups() throws(ScoresError) -> SampleGroups {
    try SampleGroups(samples: sampling.count, groupSize: sampling.groupSize)
  }

  private var predictor: Predictor {
    switch sampling.predictor {
    case .reverseDiffusion: .reverseDiffusion
    case .eulerMaruyama: .eulerMaruyama
    case .ancestral: .ancestral
    }
  }

  private var corrector: Corrector {
    switch sampling.corrector {
    case .langevin: .langevin(signalToNoise: sampling.snr, steps: sampling.correctorSteps)
    case .none: .none
    }
  }
}
