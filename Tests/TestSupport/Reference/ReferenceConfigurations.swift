public import Networks

extension NCSNppConfiguration {
  /// The network of the cases `ncsnpp_ve_small` and `ncsnpp_ve_energy_small`.
  public static let smallVE = NCSNppConfiguration(
    imageSize: 16, imageChannels: 3, width: 16, channelMultipliers: [1, 2], residualBlocks: 1)

  /// The network of the case `ncsnpp_vp_small`.
  public static var smallVP: NCSNppConfiguration {
    var configuration = smallVE
    configuration.embedding = .positional
    configuration.resampling = .box
    configuration.progressiveInput = .none
    configuration.dividesBySigma = false
    configuration.isCentred = true
    return configuration
  }
}
