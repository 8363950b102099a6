extension RunSettings {
  /// Checks that steps of single ranks fit to the loss and to the other settings.
  func validateDataParallel() throws(ConfigurationError) {
    guard dataParallel.hasLocalSteps else { return }
    guard dataParallel.mode == .allReduce else {
      throw inconsistent(
        "data_parallel.local_steps",
        "1, since data_parallel.mode is sharded and a rank by itself needs all moments")
    }
    guard regularizer.kind != .fokkerPlanck || regularizer.scalarWeight == 0 else {
      throw inconsistent(
        "data_parallel.local_steps",
        "1, since regularizer.scalar_weight is the factor of a norm over the global batch")
    }
  }
}
