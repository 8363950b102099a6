/// How gradients travel between ranks.
public struct CommunicationSettings: Codable, Sendable, Equatable {
  /// The number format in which gradients travel.
  public enum Transport: String, Codable, Sendable, CaseIterable {
    /// 32 bits, as they are computed.
    case float32
    /// The upper 16 bits, half the traffic.
    case bfloat16
  }

  /// The size of the ranges of the gradient that are reduced at once, in units of 2^20 bytes.
  public var bucketMegabytes = 4.0
  /// The number format in which gradients travel.
  public var transport = Transport.float32

  /// Creates the default settings.
  public init() {}
}

extension CommunicationSettings {
  enum CodingKeys: String, CodingKey {
    case bucketMegabytes = "bucket_megabytes"
    case transport
  }
}

extension CommunicationSettings.Transport: SettingChoice {}

extension CommunicationSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(
      CodingKeys.bucketMegabytes, \.bucketMegabytes, .positive(upTo: 1_000_000),
      mayChangeOnResume: true),
    SettingField(CodingKeys.transport, \.transport, mayChangeOnResume: true),
  ]
}
