/// Finds out from the reports of the ranks which of them the others wait for.
struct StuckRun {
  private struct Call: Hashable {
    let communicator: String
    let number: Int
  }

  /// The reports by rank.
  let reports: [Int: WatchdogReport]
  /// The machine of each rank.
  let hosts: [String]

  /// What holds the run up, without a full stop.
  var explanation: String {
    let silent = hosts.indices.filter { reports[$0] == nil }
    if !silent.isEmpty {
      let verb = silent.count == 1 ? "has" : "have"
      let others = mostAwaited.map { "; \(ranks(waiting(in: $0))) in \(words(of: $0))" } ?? ""
      return "\(name(of: silent)) \(verb) written nothing (stopped or unreachable)\(others)"
    }
    if let call = open.filter({ !absent(from: $0).isEmpty }).max(by: isLessTelling) {
      let absent = absent(from: call)
      return "\(name(of: absent)) \(absent.count == 1 ? "is" : "are") not in \(words(of: call)),"
        + " in which \(ranks(waiting(in: call))); \(whereabouts(of: absent[0]))"
    }
    // Who is missing in one call waits in another: the fault lies in that one.
    if let call = open.filter({ missing(in: $0).isEmpty }).max(by: isLessTelling) ?? mostAwaited {
      let waiting = waiting(in: call)
      return "\(name(of: waiting)) \(waiting.count == 1 ? "waits" : "wait") in \(words(of: call)),"
        + " whose messages do not arrive"
    }
    let longest = reports.values.max { $0.quietSeconds < $1.quietSeconds }?.rank ?? 0
    return "no rank waits for another; \(whereabouts(of: longest))"
  }

  /// The machines and numbers of ranks, as in `rank 2 of 4 on node3`.
  func name(of ranks: [Int]) -> String {
    let machines = ranks.map { hosts[$0] }.reduce(into: [String]()) { names, host in
      if !names.contains(host) { names.append(host) }
    }
    let places = machines.prefix(3).joined(separator: ", ")
    let more = machines.count > 3 ? " and \(machines.count - 3) others" : ""
    return "\(ranks.rankList) of \(hosts.count) on \(places)\(more)"
  }

  // The call in which most ranks wait.
  private var mostAwaited: Call? { open.max(by: isLessTelling) }

  private var open: Set<Call> {
    Set(
      reports.values.flatMap { report in
        report.open.map { Call(communicator: $0.communicator, number: $0.number) }
      })
  }

  // Of calls in which equally many wait, the first holds the others up.
  private func isLessTelling(_ left: Call, _ right: Call) -> Bool {
    let counts = (waiting(in: left).count, waiting(in: right).count)
    guard counts.0 == counts.1 else { return counts.0 < counts.1 }
    return (right.number, right.communicator) < (left.number, left.communicator)
  }

  private func waiting(in call: Call) -> [Int] {
    reports.values.filter { report in
      report.open.contains { $0.communicator == call.communicator && $0.number == call.number }
    }.map(\.rank).sorted()
  }

  // A rank that does not know the communicator is no part of it.
  private func missing(in call: Call) -> [Int] {
    reports.values.filter { ($0.begun[call.communicator] ?? .max) < call.number }.map(\.rank)
      .sorted()
  }

  // Those of them that are held up by no other rank.
  private func absent(from call: Call) -> [Int] {
    missing(in: call).filter { !(reports[$0]?.isWaiting ?? false) }
  }

  private func words(of call: Call) -> String {
    reports.values.lazy.flatMap(\.open).first {
      $0.communicator == call.communicator && $0.number == call.number
    }?.name ?? "call \(call.number) on \(call.communicator)"
  }

  private func ranks(_ numbers: [Int]) -> String {
    "\(numbers.rankList) \(numbers.count == 1 ? "waits" : "wait")"
  }

  private func whereabouts(of rank: Int) -> String {
    "rank \(rank) has not communicated for \(reports[rank]?.quietSeconds ?? 0) s"
  }
}

extension [Int] {
  /// Ranks in words, as in `rank 3` and `ranks 0-2, 5`; of a long list the beginning.
  var rankList: String {
    var parts: [String] = []
    var index = startIndex
    while index < endIndex {
      var end = index
      while end + 1 < endIndex, self[end + 1] == self[end] + 1 { end += 1 }
      if end - index < 2 { end = index }
      parts.append(index == end ? "\(self[index])" : "\(self[index])-\(self[end])")
      index = end + 1
    }
    let more = parts.count > 8 ? " and \(parts.count - 8) more" : ""
    return (count == 1 ? "rank " : "ranks ") + parts.prefix(8).joined(separator: ", ") + more
  }
}
