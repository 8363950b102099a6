/// What a message between two ranks costs: a latency, and its bytes over a bandwidth.
///
/// R. W. Hockney, "The communication challenge for MPP: Intel Paragon and Meiko CS-2" (1994); the
/// latency is the alpha and the reciprocal bandwidth the beta of the literature on collectives.
public struct NetworkLink: Sendable, Equatable {
  /// The part of an Ethernet frame that is not headers: 1448 of 1514 bytes, TCP over IP.
  public static let payloadShare = 1448.0 / 1514.0

  /// Seconds from the start of a message of no bytes to its arrival.
  public let latency: Double
  /// The bytes of messages that pass in each direction in a second.
  public let bytesPerSecond: Double

  /// Describes a link.
  ///
  /// - Parameters:
  ///   - latency: Seconds that an empty message takes.
  ///   - bytesPerSecond: Bytes of messages in a second in each direction.
  public init(latency: Double, bytesPerSecond: Double) {
    self.latency = latency
    self.bytesPerSecond = bytesPerSecond
  }

  /// An Ethernet link with TCP.
  ///
  /// - Parameters:
  ///   - gigabits: Billions of bits in a second in each direction, headers included.
  ///   - microseconds: The time of an empty message from rank to rank.
  /// - Returns: The link.
  public static func ethernet(gigabits: Double, microseconds: Double) -> NetworkLink {
    NetworkLink(
      latency: microseconds * 1e-6, bytesPerSecond: gigabits * 1e9 / 8 * payloadShare)
  }

  /// Messages between ranks of one host.
  ///
  /// - Parameters:
  ///   - gigabits: Billions of bits in a second in each direction.
  ///   - microseconds: The time of an empty message from rank to rank.
  /// - Returns: The link.
  public static func memory(gigabits: Double, microseconds: Double) -> NetworkLink {
    NetworkLink(latency: microseconds * 1e-6, bytesPerSecond: gigabits * 1e9 / 8)
  }

  /// The time of one message.
  func seconds(forBytes bytes: Double) -> Double { latency + bytes / bytesPerSecond }
}
