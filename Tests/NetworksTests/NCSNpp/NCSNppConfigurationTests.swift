import Networks
import TestSupport
import Testing

@Suite struct NCSNppConfigurationTests {
  @Test(arguments: [
    ("imageChannels", \NCSNppConfiguration.imageChannels, 0),
    ("width", \NCSNppConfiguration.width, 7),
    ("residualBlocks", \NCSNppConfiguration.residualBlocks, 0),
    ("imageSize", \NCSNppConfiguration.imageSize, 15),
  ])
  func unsuitableNumberIsNamed(
    name: String, path: any WritableKeyPath<NCSNppConfiguration, Int> & Sendable, number: Int
  ) {
    var configuration = NCSNppConfiguration.smallVE
    configuration[keyPath: path] = number
    expectError(naming: name, of: configuration)
  }

  @Test func channelsThatFormNoGroupsAreNamed() {
    var configuration = NCSNppConfiguration.smallVE
    configuration.width = 70
    expectError(naming: "width", of: configuration)
  }

  @Test func timeLabelsCannotDivideTheOutput() {
    var configuration = NCSNppConfiguration.smallVP
    configuration.dividesBySigma = true
    expectError(naming: "dividesBySigma", of: configuration)
  }

  @Test func certainDropoutIsRefused() {
    var configuration = NCSNppConfiguration.smallVE
    configuration.dropout = 1
    expectError(naming: "dropout", of: configuration)
  }

  @Test func filterWithADirectionIsRefused() {
    var configuration = NCSNppConfiguration.smallVE
    configuration.resampling = .filter(taps: [1, 2, 3])
    expectError(naming: "resampling", of: configuration)
  }

  @Test func onlyGreyImagesOf28PixelsAreEnlarged() {
    var configuration = NCSNppConfiguration.smallVE
    configuration.enlargesSmallImages = true
    expectError(naming: "enlargesSmallImages", of: configuration)
  }

  private func expectError(naming name: String, of configuration: NCSNppConfiguration) {
    #expect { try NCSNpp(configuration) } throws: { error in
      guard case NetworkError.unsuitableOption(name, _, _)? = error as? NetworkError else {
        return false
      }
      return true
    }
  }
}
