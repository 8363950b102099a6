import Autodiff

/// One thing that an executable does: a fused loop, a copy between layouts, or a kernel.
enum Unit {
  case cluster(Cluster)
  case kernel(node: Int)

  /// The nodes that the unit brings into memory.
  var written: [Int] {
    switch self {
    case .cluster(let cluster): cluster.roots
    case .kernel(let node): [node]
    }
  }

  /// The nodes whose memory it reads.
  func read(_ nodes: [LoweredNode]) -> [Int] {
    switch self {
    case .cluster(let cluster): cluster.loads.map { nodes.memory(of: $0) }
    case .kernel(let node): nodes[node].operands
    }
  }
}

/// All units in an order in which everything is written before it is read.
struct Schedule {
  /// What is done first where there is a choice.
  enum Order: Sendable {
    /// What was written first in the program, which keeps a backward pass behind the part of the
    /// forward pass that it needs.
    case asWritten
    /// What gradients of large weights depend on, see ``EarlyGradients``.
    case earlyGradients
  }

  let units: [Unit]

  init(_ nodes: [LoweredNode], _ clustering: Clustering, order: Order = .asWritten) {
    var units = clustering.clusters.map { Unit.cluster($0) }
    for (number, node) in nodes.enumerated() {
      switch node.operation {
      case .kernel, .relayout: units.append(.kernel(node: number))
      default: break
      }
    }
    let dependencies = UnitDependencies(units, nodes)
    let asWritten = dependencies.order(by: units.map { $0.written.min() ?? 0 })
    switch order {
    case .asWritten: self.units = asWritten.map { units[$0] }
    case .earlyGradients:
      let priorities = EarlyGradients(units, nodes, dependencies, asWritten: asWritten).priorities
      self.units = dependencies.order(by: priorities).map { units[$0] }
    }
  }
}

/// Which units need what others write.
struct UnitDependencies {
  /// The units that read what each unit writes.
  private(set) var consumers: [[Int]]
  private let producers: [[Int]]

  init(_ units: [Unit], _ nodes: [LoweredNode]) {
    var producers: [Int: Int] = [:]
    for (index, unit) in units.enumerated() {
      for node in unit.written { producers[node] = index }
    }
    var needs = [[Int]](repeating: [], count: units.count)
    consumers = [[Int]](repeating: [], count: units.count)
    for (index, unit) in units.enumerated() {
      let needed = Set(
        unit.read(nodes).flatMap { nodes.written(for: $0) }.compactMap { producers[$0] })
      needs[index] = needed.sorted()
      for producer in needed { consumers[producer].append(index) }
    }
    self.producers = needs
  }

  /// All that some units need, themselves included.
  ///
  /// - Parameters:
  ///   - units: The units.
  ///   - isDone: Whether a unit, and what it needs, is left out.
  /// - Returns: The numbers of the units.
  func closure(of units: [Int], without isDone: (Int) -> Bool = { _ in false }) -> [Int] {
    var found: [Int] = []
    var isFound = [Bool](repeating: false, count: producers.count)
    var open = units
    while let unit = open.popLast() {
      guard !isFound[unit], !isDone(unit) else { continue }
      isFound[unit] = true
      found.append(unit)
      open += producers[unit]
    }
    return found
  }

  /// Puts all units in an order in which each comes after those that it needs.
  ///
  /// - Parameter keys: Among the units that could run next, that of the smallest key is taken.
  /// - Returns: The numbers of the units.
  func order(by keys: [some Comparable]) -> [Int] {
    var waiting = producers.map(\.count)
    var ready = PriorityQueue(keys)
    for index in waiting.indices where waiting[index] == 0 { ready.insert(index) }
    var order: [Int] = []
    while let next = ready.popFirst() {
      order.append(next)
      for consumer in consumers[next] {
        waiting[consumer] -= 1
        if waiting[consumer] == 0 { ready.insert(consumer) }
      }
    }
    precondition(order.count == producers.count, "fused loops depend on each other in a circle")
    return order
  }
}

/// A binary heap of unit numbers with fixed keys, smallest key first.
private struct PriorityQueue<Key: Comparable> {
  private let keys: [Key]
  private var heap: [Int] = []

  init(_ keys: [Key]) {
    self.keys = keys
  }

  mutating func insert(_ element: Int) {
    heap.append(element)
    var child = heap.count - 1
    while child > 0, keys[heap[child]] < keys[heap[(child - 1) / 2]] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popFirst() -> Int? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    heap[0] = last
    var parent = 0
    while true {
      let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
      guard let smallest = children.min(by: { keys[heap[$0]] < keys[heap[$1]] }),
        keys[heap[smallest]] < keys[heap[parent]]
      else { return first }
      heap.swapAt(parent, smallest)
      parent = smallest
    }
  }
}
