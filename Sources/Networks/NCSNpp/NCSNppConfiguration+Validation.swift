extension NCSNppConfiguration {
  /// Checks that the options describe a network.
  ///
  /// - Throws: ``NetworkError/unsuitableOption(name:found:expected:)`` for the first option that
  ///   does not fit.
  public func validate() throws(NetworkError) {
    try require(imageChannels >= 1, "imageChannels", imageChannels, "at least 1")
    try require(width >= 4 && width % 2 == 0, "width", width, "an even number from 4")
    try require(
      !channelMultipliers.isEmpty && channelMultipliers.allSatisfy { $0 >= 1 },
      "channelMultipliers", channelMultipliers, "at least one number, all from 1")
    try require(residualBlocks >= 1, "residualBlocks", residualBlocks, "at least 1")
    let factor = 1 << (channelMultipliers.count - 1)
    try require(
      innerSize >= factor && innerSize % factor == 0, "imageSize", imageSize,
      "a multiple of \(factor), to be halved \(channelMultipliers.count - 1) times")
    try require(
      attentionResolutions.allSatisfy { $0 >= 1 }, "attentionResolutions", attentionResolutions,
      "positive numbers")
    try require(dropout >= 0 && dropout < 1, "dropout", dropout, "from 0 to less than 1")
    try require(initialScale >= 0, "initialScale", initialScale, "0 or more")
    try validateNoiseLevel()
    if case .filter(let taps) = resampling {
      try require(
        taps.count >= 2 && taps == taps.reversed() && taps.reduce(0, +) > 0, "resampling", taps,
        "a symmetric filter of 2 or more taps with a positive sum")
    }
    if enlargesSmallImages {
      try require(
        imageSize == 28 && imageChannels == 1, "enlargesSmallImages",
        "true for \(imageChannels) channels of \(imageSize) pixels", "false, or 1 channel of 28")
    }
  }

  private func validateNoiseLevel() throws(NetworkError) {
    switch embedding {
    case .fourier(let scale):
      try require(scale > 0, "embedding", "Fourier of scale \(scale)", "a scale above 0")
    case .positional:
      // The label of a positional embedding is a time, not a standard deviation.
      try require(!dividesBySigma, "dividesBySigma", true, "false with a positional embedding")
    }
  }

  /// Checks that the channels of a normalization form groups.
  func requireGroups(_ channels: Int) throws(NetworkError) {
    let groups = GroupNormalization.groupCount(channels: channels)
    try require(
      channels % groups == 0, "width", width,
      "a width for which \(channels) channels form \(groups) groups")
  }

  private func require(
    _ holds: Bool, _ name: String, _ found: Any, _ expected: String
  ) throws(NetworkError) {
    if !holds { throw .unsuitableOption(name: name, found: "\(found)", expected: expected) }
  }
}
