/// Which algorithms compute, on how many threads.
public struct NumericsSettings: Codable, Sendable, Equatable {
  /// Whether convolutions may use Winograd's algorithm.
  public enum Winograd: String, Codable, Sendable, CaseIterable {
    /// Wherever it exists.
    case on
    /// Never.
    case off
    /// Where it is measured to be faster.
    case auto
  }

  /// The library behind convolutions.
  public enum ConvolutionBackend: String, Codable, Sendable, CaseIterable {
    /// oneDNN where the program is built with it, otherwise matrix products.
    case auto
    /// oneDNN.
    case oneDNN = "onednn"
    /// Patches as matrices, multiplied by OpenBLAS.
    case gemm
  }

  /// Whether convolutions may use Winograd's algorithm.
  public var winograd = Winograd.auto
  /// The library behind convolutions.
  public var convolutionBackend = ConvolutionBackend.auto
  /// The number of threads of a rank, each of which differentiates a part of its examples.
  public var replicas = 1

  /// Creates the default settings.
  public init() {}
}

extension NumericsSettings {
  enum CodingKeys: String, CodingKey {
    case winograd
    case convolutionBackend = "convolution_backend"
    case replicas
  }
}

extension NumericsSettings.Winograd: SettingChoice {}
extension NumericsSettings.ConvolutionBackend: SettingChoice {}

extension NumericsSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.winograd, \.winograd),
    SettingField(CodingKeys.convolutionBackend, \.convolutionBackend),
    SettingField(CodingKeys.replicas, \.replicas, .atLeast(1), mayChangeOnResume: true),
  ]
}
