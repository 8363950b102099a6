public import Execution
public import RunConfiguration

extension RunSettings {
  /// Backends and algorithms of compiled programs.
  public var compileOptions: CompileOptions { compileOptions(KernelChoices()) }

  /// Backends and algorithms of compiled programs.
  ///
  /// - Parameter choices: What was measured to be fastest, used where the settings leave the choice
  ///   open.
  /// - Returns: The options.
  public func compileOptions(_ choices: KernelChoices) -> CompileOptions {
    let winograd: CompileOptions.Winograd =
      switch numerics.winograd {
      case .on: .always
      case .off: .never
      case .auto: .measured
      }
    return CompileOptions(
      convolutionBackend: numerics.convolutionBackend == .gemm ? .gemm : .automatic,
      winograd: winograd, choices: choices)
  }

  /// Whether gradients are reduced while the program still computes others.
  ///
  /// - Parameter plan: The split of the global batch. Replicas of several passes add their gradients
  ///   after their programs.
  /// - Returns: Whether they are.
  func reducesBesideProgram(in plan: BatchPlan) -> Bool {
    communication.overlap && (plan.replicas == 1 || plan.accumulation == 1)
  }

  /// Whether programs compute gradients of large weights first, for ranks to add them up meanwhile.
  ///
  /// - Parameter plan: The split of the global batch.
  /// - Returns: Whether they do.
  func computesGradientsEarly(in plan: BatchPlan) -> Bool {
    communication.earlyGradients && plan.ranks > 1 && reducesBesideProgram(in: plan)
      && !dataParallel.hasLocalSteps
  }

  /// Whether a step leaves a part of its update to the next one.
  ///
  /// - Parameter plan: The split of the global batch. Replicas would all have to wait for weights.
  /// - Returns: Whether steps do.
  func overlapsNextStep(in plan: BatchPlan) -> Bool {
    communication.overlapNextStep && plan.ranks > 1 && plan.replicas == 1
      && reducesBesideProgram(in: plan) && dataParallel.mode == .allReduce
      && !dataParallel.hasLocalSteps
  }

  /// What is to be measured before programs are compiled.
  var openChoices: OpenChoices {
    let isOpen = numerics.winograd == .auto && numerics.convolutionBackend != .gemm
    return isOpen ? [.convolutions, .matrixProducts] : []
  }

  /// The largest micro-batch that is derived where the settings name none.
  ///
  /// Activations dominate the memory of a step. They grow with the width of the network and with
  /// its depth: 32 images of 32 x 32 pixels are allowed at width 64 with two blocks per level, 4
  /// for the paper's network, never more than 32. Residual classifiers take 256 images, points of
  /// the plane 8192.
  public var largestMicroBatch: Int {
    guard !model.kind.isResidualClassifier else { return 256 }
    guard model.kind == .ncsnpp else { return 8192 }
    let cost = Double(model.width * model.residualBlocks * dataset.size * dataset.size)
    return max(1, min(32, Int(32 * Double(64 * 2 * 32 * 32) / cost)))
  }

  /// The split of the global batch over ranks, replicas and micro-batches.
  ///
  /// - Parameter ranks: The number of ranks.
  /// - Returns: The split, the same on every rank.
  /// - Throws: A `ConfigurationError` where ranks stay without examples, the batch does not divide,
  ///   or a micro-batch stays without a penalized example or has a part of a group of batch
  ///   normalization.
  public func batchPlan(ranks: Int) throws(ConfigurationError) -> BatchPlan {
    let plan = try batchPlan(ranks: ranks, largestMicroBatch: largestMicroBatch)
    try validatePenalty(in: plan)
    try validateNormalization(in: plan)
    return plan
  }
}
