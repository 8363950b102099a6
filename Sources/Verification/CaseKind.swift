/// The computations that can be checked, by the beginning of a case's name.
enum CaseKind: String, CaseIterable {
  case image = "ncsnpp_"
  case toyModels = "toy2d_qc"
  case autoencoder = "autoencoder_qc"
  case processTables = "sde_tables"
  case optimizer = "optimizer_ema"
  case samplerSteps = "sampler_steps"
  case gaussianFlow = "ode_gaussian"
  case toyFlow = "ode_toy2d"
  case metrics

  /// What the names of cases start with.
  static var prefixes: String { allCases.map(\.rawValue).joined(separator: ", ") }

  init?(caseName: String) {
    let known = Self.allCases.filter { caseName.hasPrefix($0.rawValue) }
    guard let longest = known.max(by: { $0.rawValue.count < $1.rawValue.count }) else {
      return nil
    }
    self = longest
  }

  /// Computes all that a case of this kind may expect.
  func results(of reference: ReferenceCase) throws -> CaseResults {
    switch self {
    case .image: CaseResults(try ImageModelCase(reference).results())
    case .toyModels: CaseResults(try ToyModelsCase(reference).results())
    case .autoencoder: CaseResults(try AutoencoderCase(reference).results())
    case .processTables: CaseResults(try processTableResults(of: reference))
    case .optimizer: CaseResults(try optimizerResults(of: reference))
    case .samplerSteps: CaseResults(try samplerStepResults(of: reference))
    case .gaussianFlow: CaseResults(try gaussianFlowResults(of: reference))
    case .toyFlow: try ToyFlowCase(reference).results()
    case .metrics: CaseResults(try metricResults(of: reference))
    }
  }
}
