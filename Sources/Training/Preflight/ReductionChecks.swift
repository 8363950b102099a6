import MPI

/// How long the smallest reduction over all ranks takes.
struct LatencyCheck: PreflightCheck {
  let name = "latency"
  let needsOtherRanks = true

  private static let repetitions = 100

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    let world = context.world
    var (times, wrong) = ([Double](), 0.0)
    for round in 0..<Self.repetitions {
      let begin = ContinuousClock.now
      let sum = try world.allReduce(Double(world.rank + round), by: .sum)
      times.append((ContinuousClock.now - begin) / .seconds(1))
      let expected = world.size * (world.size - 1) / 2 + world.size * round
      if sum != Double(expected) { wrong = sum }
    }
    let medians = try world.allGather(times.median)
    finding.measurements = ["seconds": medians]
    finding.figure = "\(Quantity.time(medians.median)) for an all-reduce of 8 bytes"
    let sums = try world.allGather(wrong)
    for rank in sums.indices where sums[rank] != 0 {
      finding.fail("\(context.name(of: [rank])): a sum came out as \(sums[rank])", .communication)
    }
    return finding
  }
}

/// How fast gradients are added up over all ranks, by the size of a bucket.
struct BandwidthCheck: PreflightCheck {
  let name = "bandwidth"
  let needsOtherRanks = true

  private static let mebibytes = [1, 4, 16]
  private static let repetitions = 5

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    let world = context.world
    var figures: [String] = []
    for size in Self.mebibytes {
      let count = size << 20 / MemoryLayout<Float>.stride
      let (seconds, isRight) = try measure(count, over: world)
      let rate = Double(count * MemoryLayout<Float>.stride) / seconds
      figures.append("\(size) MiB \(Quantity.rate(rate))")
      finding.measurements["seconds", default: []].append(seconds)
      finding.measurements["bytes_per_second", default: []].append(rate)
      let right = try world.allGather(Int32(isRight ? 1 : 0))
      let wrong = right.indices.filter { right[$0] == 0 }
      if !wrong.isEmpty {
        finding.fail(
          "\(context.name(of: wrong)): wrong sums of \(size) MiB", .communication)
      }
    }
    finding.measurements["mebibytes"] = Self.mebibytes.map(Double.init)
    finding.figure = "all-reduce of " + figures.joined(separator: ", ")
    return finding
  }

  // The shortest time in which all ranks had the sum, as training computes it.
  private func measure(
    _ count: Int, over world: Communicator
  ) throws(MPIError) -> (seconds: Double, isRight: Bool) {
    let ranks = (0..<world.size).reduce(0) { $0 + $1 % 8 }
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    defer { buffer.deallocate() }
    var (times, isRight) = ([Double](), true)
    for _ in 0...Self.repetitions {
      for index in 0..<count { buffer[index] = Float(index % 16 + world.rank % 8) }
      try world.barrier()
      let begin = ContinuousClock.now
      var pending = try world.startAllReduce(buffer, by: .sum)
      try pending.wait()
      times.append((ContinuousClock.now - begin) / .seconds(1))
      // Whole numbers below 2^24 have no rounding.
      isRight =
        isRight
        && buffer.indices.allSatisfy { buffer[$0] == Float(world.size * ($0 % 16) + ranks) }
    }
    try world.allReduce(&times, by: .maximum)
    // The first time meets memory and connections that were never used.
    return (times.dropFirst().min() ?? .infinity, isRight)
  }
}
