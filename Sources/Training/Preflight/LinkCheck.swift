import MPI

/// How fast each host sends and receives, to find one with a slow link.
///
/// One rank of each machine sends to the next one, then to the second next, the fourth next and so
/// on, all at the same time. On a single machine all its ranks do.
struct LinkCheck: PreflightCheck {
  let name = "links"
  let needsOtherRanks = true

  private static let count = 1 << 20
  private static let repetitions = 3

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    let links = try measure(over: context.world)
    let rates = links.map(\.rate)
    let usual = rates.median
    let slowest = links.min { $0.rate < $1.rate }
    finding.measurements = [
      "from": links.map { Double($0.from) }, "to": links.map { Double($0.to) },
      "bytes_per_second": rates,
    ]
    finding.figure =
      "\(Quantity.rate(usual)) median of \(links.count)"
      + (slowest.map {
        ", \(Quantity.rate($0.rate)) slowest,"
          + " \(place($0.from, context)) to \(place($0.to, context))"
      } ?? "")
    for line in slow(links, usual, context) { finding.warn(line) }
    return finding
  }

  // A host is slow in one direction if the median of its links is; else single links are. The
  // slowest comes first, and its links say nothing about the hosts at their other ends.
  private func slow(_ all: [Link], _ usual: Double, _ context: PreflightContext) -> [String] {
    var (lines, links) = ([String](), all)
    while let worst = directions(links).min(by: { $0.rate < $1.rate }), worst.rate < usual / 2 {
      lines.append(
        "\(place(worst.rank, context)) \(worst.sends ? "sends" : "receives")"
          + " \(Quantity.rate(worst.rate)), the median is \(Quantity.rate(usual))")
      links.removeAll { (worst.sends ? $0.from : $0.to) == worst.rank }
    }
    for link in links where link.rate < usual / 2 {
      lines.append(
        "\(place(link.from, context)) to \(place(link.to, context)): \(Quantity.rate(link.rate)),"
          + " the median is \(Quantity.rate(usual))")
    }
    return lines
  }

  // What each rank with several links sends and receives.
  private func directions(_ links: [Link]) -> [(rank: Int, sends: Bool, rate: Double)] {
    [true, false].flatMap { sends in
      Dictionary(grouping: links) { sends ? $0.from : $0.to }.filter { $0.value.count > 1 }
        .map { (rank: $0.key, sends: sends, rate: $0.value.map(\.rate).median) }
    }
  }

  private func place(_ rank: Int, _ context: PreflightContext) -> String {
    context.machines.count > 1 ? context.hosts[rank] : "rank \(rank)"
  }

  private func measure(over world: Communicator) throws(MPIError) -> [Link] {
    let machine = try world.splitShared()
    let isFirst = machine.rank == 0
    try machine.free()
    let firsts = try world.split(color: isFirst ? 0 : 1, key: world.rank)
    let chosen = try world.allGather(Int32(isFirst ? 1 : 0))
    let isAlone = chosen.reduce(0, +) == 1
    let group = isAlone ? world : firsts
    let members = isAlone ? Array(0..<world.size) : chosen.indices.filter { chosen[$0] == 1 }
    let times = try isAlone || isFirst ? exchange(over: group) : []
    try firsts.free()
    let gathered = try world.allGather(times)
    return members.enumerated().flatMap { place, rank in
      gathered[rank].enumerated().map { round, seconds in
        let shift = 1 << round
        let from = members[(place + members.count - shift) % members.count]
        return Link(
          from: from, to: rank,
          rate: Double(Self.count * MemoryLayout<Float>.stride) / seconds)
      }
    }
  }

  // Seconds until the message of the neighbour at distance 1, 2, 4, ... was here.
  private func exchange(over group: Communicator) throws(MPIError) -> [Double] {
    let outgoing = [Float](repeating: 1, count: Self.count)
    var incoming = [Float](repeating: 0, count: Self.count)
    var (times, shift) = ([Double](), 1)
    while shift < group.size {
      let next = (group.rank + shift) % group.size
      let last = (group.rank + group.size - shift) % group.size
      var best = Double.infinity
      for _ in 0..<Self.repetitions {
        try group.barrier()
        let begin = ContinuousClock.now
        var end = begin
        try outgoing.withUnsafeBufferPointer { outgoing throws(MPIError) in
          try incoming.withUnsafeMutableBufferPointer { incoming throws(MPIError) in
            var receipt = try group.startReceive(incoming, from: last)
            var dispatch = try group.startSend(outgoing, to: next)
            try receipt.wait()
            end = .now
            try dispatch.wait()
          }
        }
        best = min(best, (end - begin) / .seconds(1))
      }
      times.append(best)
      shift *= 2
    }
    return times
  }
}

/// What one rank has sent to another.
private struct Link {
  let from: Int
  let to: Int
  let rate: Double
}
