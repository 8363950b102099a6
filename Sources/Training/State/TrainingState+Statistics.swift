import Networks

extension TrainingState {
  /// Moves running statistics of batch normalization towards those of a batch, `r + m (b - r)`.
  ///
  /// The average takes over the weights' statistics, as in PyTorch, where averages are kept of
  /// trained parameters only. Ranks that share the state all move their weights, and those that
  /// hold the average take it over.
  ///
  /// - Parameters:
  ///   - statistics: The fixed parameters that hold them, in the order of the values.
  ///   - values: The statistics of the batch, one after the other.
  ///   - momentum: m; PyTorch's 0.1 by default.
  func move(_ statistics: [Parameter], towards values: [Double], momentum: Double = 0.1) {
    var start = 0
    for parameter in statistics {
      let range = layout.range(of: parameter)
      let running = parameters[range]
      for index in running.indices {
        let old = Double(running[index])
        running[index] = Float(old + momentum * (values[start + index] - old))
      }
      let held = range.clamped(to: average.range)
      _ = average[held].update(fromContentsOf: parameters[held])
      start += range.count
    }
  }
}
