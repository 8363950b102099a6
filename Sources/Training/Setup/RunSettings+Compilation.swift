public import Execution
public import RunConfiguration

extension RunSettings {
  /// Backends and algorithms of compiled programs.
  public var compileOptions: CompileOptions {
    CompileOptions(
      convolutionBackend: numerics.convolutionBackend == .gemm ? .gemm : .automatic,
      allowsWinograd: numerics.winograd != .off)
  }

  /// The largest micro-batch that is derived where the settings name none.
  ///
  /// Activations dominate the memory of a step. They grow with the width of the network and with
  /// its depth: 32 images of 32 x 32 pixels are allowed at width 64 with two blocks per level, 4
  /// for the paper's network, never more than 32. Points of the plane take 8192.
  public var largestMicroBatch: Int {
    guard model.kind == .ncsnpp else { return 8192 }
    let cost = Double(model.width * model.residualBlocks * dataset.size * dataset.size)
    return max(1, min(32, Int(32 * Double(64 * 2 * 32 * 32) / cost)))
  }

  /// The split of the global batch over ranks and micro-batches.
  ///
  /// - Parameter ranks: The number of ranks.
  /// - Returns: The split, the same on every rank.
  /// - Throws: A `ConfigurationError` where ranks stay without examples or the batch does not divide.
  public func batchPlan(ranks: Int) throws(ConfigurationError) -> BatchPlan {
    try training.batchPlan(ranks: ranks, largestMicroBatch: largestMicroBatch)
  }
}
