/// What collectives cost on a cluster.
///
/// R. Thakur, R. Rabenseifner, W. Gropp, "Optimization of Collective Communication Operations in
/// MPICH", IJHPCA 19 (2005), sections 3 and 4, with alpha the latency of a link and beta the reciprocal of
/// its bandwidth. A ring over p ranks sends p - 1 times (twice that for an all-reduce) 1/p of the bytes
/// from each rank to the next. Ranks are mapped host by host, so that each host's link carries one of
/// these messages out and one in, whatever the number of its ranks; a round takes as long as its
/// slowest message.
public struct CommunicationModel: Sendable {
  /// What the rounds of a collective take together.
  public struct Cost: Sendable, Equatable {
    /// The number of messages that wait for each other.
    public let rounds: Int
    /// Seconds of their latencies.
    public let latency: Double
    /// Seconds in which bytes move on the busiest link.
    public let transfer: Double

    /// Seconds in all, if nothing else uses the links.
    public var seconds: Double { latency + transfer }

    static let none = Cost(rounds: 0, latency: 0, transfer: 0)
  }

  /// The ranks and their links.
  public let shape: ClusterShape

  /// The model of a cluster.
  public init(_ shape: ClusterShape) {
    self.shape = shape
  }

  /// A reduce-scatter by a ring, then an all-gather by the same ring.
  ///
  /// - Parameter bytes: The length of the buffer on each rank.
  /// - Returns: The cost.
  public func allReduce(bytes: Double) -> Cost { ring(trips: 2, bytes: bytes) }

  /// A reduction to one rank by a tree, one of many to which all ranks are root in turn.
  ///
  /// A link then carries the bytes of all reductions but those to its own host, while the others pass
  /// beside them.
  ///
  /// - Parameter bytes: The length of the buffer on each rank.
  /// - Returns: The cost.
  public func reduce(bytes: Double) -> Cost {
    guard shape.ranks > 1 else { return .none }
    let (link, roots) =
      shape.hosts > 1 ? (shape.network, shape.hosts) : (shape.memory, shape.ranks)
    let rounds = Self.digits(of: 2 * shape.ranks - 1)
    return Cost(
      rounds: rounds, latency: Double(rounds) * link.latency,
      transfer: bytes * Double(roots - 1) / Double(roots) / link.bytesPerSecond)
  }

  /// An all-gather by a ring.
  ///
  /// - Parameter bytes: The length of the buffer on each rank after it.
  /// - Returns: The cost.
  public func allGather(bytes: Double) -> Cost { ring(trips: 1, bytes: bytes) }

  /// An all-reduce of a few numbers by recursive doubling: a message for each binary digit.
  ///
  /// - Parameter bytes: The length of the buffer.
  /// - Returns: Seconds.
  public func smallAllReduce(bytes: Double) -> Double {
    let links =
      Array(repeating: shape.memory, count: Self.digits(of: shape.ranksPerHost))
      + Array(repeating: shape.network, count: Self.digits(of: shape.hosts))
    // Ranks beyond a power of two hand their numbers over first and get the sum afterwards.
    let isPower = shape.ranks & (shape.ranks - 1) == 0
    let extra = isPower ? 0 : 2 * (links.last?.seconds(forBytes: bytes) ?? 0)
    return links.reduce(extra) { $0 + $1.seconds(forBytes: bytes) }
  }

  private func ring(trips: Int, bytes: Double) -> Cost {
    guard shape.ranks > 1 else { return .none }
    let chunk = bytes / Double(shape.ranks)
    var hops: [NetworkLink] = []
    if shape.ranksPerHost > 1 { hops.append(shape.memory) }
    if shape.hosts > 1 { hops.append(shape.network) }
    let slowest = hops.max { $0.seconds(forBytes: chunk) < $1.seconds(forBytes: chunk) }
    let link = slowest ?? shape.memory
    let rounds = trips * (shape.ranks - 1)
    return Cost(
      rounds: rounds, latency: Double(rounds) * link.latency,
      transfer: Double(rounds) * chunk / link.bytesPerSecond)
  }

  // The binary logarithm, rounded down: how often ranks pair up.
  private static func digits(of count: Int) -> Int {
    Int.bitWidth - 1 - count.leadingZeroBitCount
  }
}
