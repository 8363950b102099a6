/// How gradients travel between ranks.
public struct CommunicationSettings: Codable, Sendable, Equatable {
  /// The number format in which gradients travel.
  public enum Transport: String, Codable, Sendable, CaseIterable {
    /// 32 bits, as they are computed.
    case float32
    /// The upper 16 bits, half the traffic.
    case bfloat16
  }

  /// How gradients are rounded to 16 bits.
  public enum Rounding: String, Codable, Sendable, CaseIterable {
    /// To the nearest number, ties to even.
    case nearest
    /// To one of the two neighbours at random, so that the mean is the number itself.
    case stochastic
  }

  /// The size of the ranges of the gradient that are reduced at once, in units of 2^20 bytes.
  public var bucketMegabytes = 4.0
  /// The number format in which gradients travel.
  public var transport = Transport.float32
  /// How gradients are rounded to 16 bits.
  public var rounding = Rounding.stochastic
  /// Whether ranges are reduced while others are still computed.
  public var overlap = true
  /// Whether ranks that overlap compute gradients of large weights as early as possible and those of
  /// small ones last, so that more of the reduction is hidden; this takes memory.
  public var earlyGradients = true
  /// Whether sums of gradients may come back while the next step computes, until it needs the
  /// weights; for slow links.
  public var overlapNextStep = false

  /// Creates the default settings.
  public init() {}
}

extension CommunicationSettings {
  enum CodingKeys: String, CodingKey {
    case bucketMegabytes = "bucket_megabytes"
    case transport, rounding, overlap
    case earlyGradients = "early_gradients"
    case overlapNextStep = "overlap_next_step"
  }
}

extension CommunicationSettings.Transport: SettingChoice {}
extension CommunicationSettings.Rounding: SettingChoice {}

extension CommunicationSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(
      CodingKeys.bucketMegabytes, \.bucketMegabytes, .positive(upTo: 1_000_000),
      mayChangeOnResume: true),
    SettingField(CodingKeys.transport, \.transport, mayChangeOnResume: true),
    SettingField(CodingKeys.rounding, \.rounding, mayChangeOnResume: true),
    SettingField(CodingKeys.overlap, \.overlap, mayChangeOnResume: true),
    SettingField(CodingKeys.earlyGradients, \.earlyGradients, mayChangeOnResume: true),
    SettingField(CodingKeys.overlapNextStep, \.overlapNextStep, mayChangeOnResume: true),
  ]
}
