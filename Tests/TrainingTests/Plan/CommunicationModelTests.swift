import Testing

@testable import Training

/// Closed forms of collectives.
@Suite struct CommunicationModelTests {
  private let network = NetworkLink(latency: 1e-4, bytesPerSecond: 1e8)
  private let memory = NetworkLink(latency: 1e-6, bytesPerSecond: 4e9)

  private func model(_ ranks: Int, perHost: Int = 1) -> CommunicationModel {
    CommunicationModel(
      ClusterShape(ranks: ranks, ranksPerHost: perHost, network: network, memory: memory))
  }

  private func isClose(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-12 * abs(expected)
  }

  @Test(arguments: [2, 3, 8, 10_000]) func ringTakesItsRounds(ranks: Int) {
    let (bytes, p) = (4e6, Double(ranks))
    let cost = model(ranks).allReduce(bytes: bytes)
    #expect(cost.rounds == 2 * (ranks - 1))
    #expect(isClose(cost.latency, 2 * (p - 1) * 1e-4))
    #expect(isClose(cost.transfer, 2 * (p - 1) / p * bytes / 1e8))
    #expect(isClose(2 * model(ranks).allGather(bytes: bytes).seconds, cost.seconds))
  }

  @Test(arguments: [(2, 1), (3, 2), (4, 2), (9, 4), (1024, 10)])
  func reductionToOneRankTakesTheDepthOfATree(ranks: Int, depth: Int) {
    let cost = model(ranks).reduce(bytes: 4e6)
    #expect(cost.rounds == depth && isClose(cost.latency, Double(depth) * 1e-4))
    let share = Double(ranks - 1) / Double(ranks)
    #expect(isClose(cost.transfer, share * 4e6 / 1e8))
    let hosts = model(4 * ranks, perHost: 4).reduce(bytes: 4e6)
    #expect(hosts.rounds == depth + 2 && isClose(hosts.transfer, cost.transfer))
  }

  @Test func oneRankSendsNothing() {
    #expect(model(1).allReduce(bytes: 1e9) == .none)
    #expect(model(1).smallAllReduce(bytes: 100) == 0)
  }

  // Four ranks of a host share its link: one message of 1/8 of the bytes crosses it each round.
  @Test func ranksOfAHostShareItsLink() {
    let cost = model(8, perHost: 4).allReduce(bytes: 8e6)
    #expect(isClose(cost.seconds, 14 * (1e-4 + 1e6 / 1e8)))
    let inside = model(4, perHost: 4).allReduce(bytes: 8e6)
    #expect(isClose(inside.seconds, 6 * (1e-6 + 2e6 / 4e9)))
  }

  // A network that is faster than memory does not make rounds faster than memory.
  @Test func slowestMessageOfARoundCounts() {
    let shape = ClusterShape(
      ranks: 8, ranksPerHost: 4, network: memory, memory: network)
    let cost = CommunicationModel(shape).allReduce(bytes: 8e6)
    #expect(isClose(cost.seconds, 14 * (1e-4 + 1e6 / 1e8)))
  }

  @Test(
    "Recursive doubling takes the logarithm of the ranks, and two more messages beyond a power of two",
    arguments: [(1, 0), (2, 1), (8, 3), (1024, 10), (3, 3), (9, 5)])
  func smallReductions(ranks: Int, messages: Int) {
    let seconds = model(ranks).smallAllReduce(bytes: 100)
    #expect(isClose(seconds, Double(messages) * (1e-4 + 1e-6)))
    let mixed = model(16, perHost: 4).smallAllReduce(bytes: 0)
    #expect(isClose(mixed, 2 * 1e-6 + 2 * 1e-4))
  }

  @Test func ethernetLosesItsHeaders() {
    let link = NetworkLink.ethernet(gigabits: 8, microseconds: 20)
    #expect(isClose(link.latency, 20e-6))
    #expect(isClose(link.bytesPerSecond, 1e9 * 1448 / 1514))
    #expect(isClose(link.seconds(forBytes: 1e9), 20e-6 + 1514.0 / 1448))
  }

  @Test func hostsAreFilledInTurn() {
    let shape = ClusterShape(ranks: 10, ranksPerHost: 4, network: network, memory: memory)
    #expect(shape.hosts == 3)
    let few = shape.with(ranks: 2, ranksPerHost: 4)
    #expect(few.hosts == 1 && few.ranksPerHost == 2)
  }
}
