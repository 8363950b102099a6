/// Ranks on hosts that are filled one after the other, as `mpirun --map-by slot` does.
public struct ClusterShape: Sendable, Equatable {
  /// The number of ranks.
  public let ranks: Int
  /// The number of ranks of a full host.
  public let ranksPerHost: Int
  /// The link of a host to all others, which its ranks share.
  public let network: NetworkLink
  /// Messages between ranks of one host.
  public let memory: NetworkLink

  /// Describes a cluster.
  ///
  /// - Parameters:
  ///   - ranks: The number of ranks, at least 1.
  ///   - ranksPerHost: The number of ranks of a full host, at least 1.
  ///   - network: The link of each host.
  ///   - memory: Messages between ranks of one host.
  public init(ranks: Int, ranksPerHost: Int, network: NetworkLink, memory: NetworkLink) {
    precondition(ranks > 0 && ranksPerHost > 0, "\(ranks) ranks, \(ranksPerHost) on a host")
    self.ranks = ranks
    self.ranksPerHost = min(ranksPerHost, ranks)
    self.network = network
    self.memory = memory
  }

  /// The number of hosts that have ranks.
  public var hosts: Int { (ranks + ranksPerHost - 1) / ranksPerHost }

  /// The same hosts with fewer or more ranks.
  func with(ranks: Int, ranksPerHost: Int) -> ClusterShape {
    ClusterShape(ranks: ranks, ranksPerHost: ranksPerHost, network: network, memory: memory)
  }
}
