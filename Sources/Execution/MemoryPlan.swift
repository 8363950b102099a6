/// Where every tensor lies in one block of memory, so that a run allocates nothing.
///
/// A tensor occupies its place from the unit that writes it to the last unit that reads it. A fused
/// loop may write over a tensor that it is the last to read.
struct MemoryPlan {
  /// A tensor's need for memory.
  struct Request {
    let node: Int
    let count: Int
    /// The number of the unit that writes it.
    let begin: Int
    /// The number of the last unit that reads it; `Int.max` if it is read after the run.
    let end: Int
    /// Tensors of equal size whose place it may take over, if they end where it begins.
    let replaceable: [Int]
  }

  /// Offsets in floats by node.
  private(set) var offsets: [Int: Int] = [:]
  /// The size of the block in floats.
  private(set) var arenaCount = 0

  private var free = FreeList()
  // Places still occupied, by node.
  private var occupied: [Int: (offset: Int, count: Int, end: Int)] = [:]

  /// - Parameter requests: In order of `begin`.
  init(_ requests: [Request]) {
    var expiring: [Int: [Int]] = [:]
    var now = -1
    for request in requests {
      while now < request.begin {
        for node in expiring[now] ?? [] { release(node) }
        now += 1
      }
      place(request)
      expiring[request.end, default: []].append(request.node)
    }
  }

  private mutating func place(_ request: Request) {
    let count = MemoryPlan.aligned(request.count)
    for candidate in request.replaceable {
      guard let place = occupied[candidate], place.end == request.begin, place.count == count
      else { continue }
      occupied[candidate] = nil
      occupy(request, at: place.offset, count)
      return
    }
    let offset = free.take(count) ?? grow(count)
    occupy(request, at: offset, count)
  }

  private mutating func occupy(_ request: Request, at offset: Int, _ count: Int) {
    offsets[request.node] = offset
    occupied[request.node] = (offset, count, request.end)
  }

  private mutating func release(_ node: Int) {
    guard let place = occupied.removeValue(forKey: node) else { return }
    free.give(place.offset, place.count)
  }

  private mutating func grow(_ count: Int) -> Int {
    // A free piece at the end of the block is extended rather than left behind.
    let offset = free.takeTail(endingAt: arenaCount) ?? arenaCount
    arenaCount = offset + count
    return offset
  }

  // Vector loops and oneDNN want 64-byte boundaries.
  static func aligned(_ count: Int) -> Int { max(16, (count + 15) / 16 * 16) }
}

/// Free pieces of the block, neighbours merged; the smallest that fits is taken.
private struct FreeList {
  private var pieces: [(offset: Int, count: Int)] = []

  mutating func take(_ count: Int) -> Int? {
    var best: Int?
    for index in pieces.indices where pieces[index].count >= count {
      if best == nil || pieces[index].count < pieces[best ?? 0].count { best = index }
    }
    guard let best else { return nil }
    let offset = pieces[best].offset
    if pieces[best].count == count {
      pieces.remove(at: best)
    } else {
      pieces[best] = (offset + count, pieces[best].count - count)
    }
    return offset
  }

  mutating func takeTail(endingAt end: Int) -> Int? {
    guard let last = pieces.last, last.offset + last.count == end else { return nil }
    pieces.removeLast()
    return last.offset
  }

  mutating func give(_ offset: Int, _ count: Int) {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].offset < offset { low = middle + 1 } else { high = middle }
    }
    pieces.insert((offset, count), at: low)
    if low + 1 < pieces.count, offset + count == pieces[low + 1].offset {
      pieces[low].count += pieces.remove(at: low + 1).count
    }
    if low > 0, pieces[low - 1].offset + pieces[low - 1].count == offset {
      pieces[low - 1].count += pieces.remove(at: low).count
    }
  }
}
