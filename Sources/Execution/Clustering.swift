import Autodiff

/// A fused loop: element-wise instructions over one domain, with what it stores and sums.
struct Cluster {
  let domain: Domain
  /// Nodes whose values must reach memory: element-wise results and reductions.
  let roots: [Int]
  /// All element-wise nodes computed on the way, in topological order.
  let computed: [Int]
  /// Nodes read from memory, views given by their broadcast node.
  let loads: [Int]
}

/// Groups element-wise nodes and reductions into clusters that read and write memory once.
///
/// A node's *level* counts the borders (kernels, reductions, changes of shape) on the longest way
/// to it. Nodes of equal level and domain can share a loop without cycles between loops: any way
/// that leaves a loop and comes back crosses a border. Values that are cheap functions of tensors
/// in memory are computed again where they are needed instead of being stored.
struct Clustering {
  private(set) var clusters: [Cluster] = []

  private let nodes: [LoweredNode]
  private var levels: [Int] = []
  private var ready: [Int] = []
  private var required: [Bool]
  private let recomputation: Recomputation

  init(_ nodes: [LoweredNode], results: [Int]) {
    self.nodes = nodes
    required = [Bool](repeating: false, count: nodes.count)
    recomputation = Recomputation(nodes)
    assignLevels()
    for result in results { require(result) }
    for (number, node) in nodes.enumerated() {
      switch node.operation {
      case .kernel, .relayout, .alias, .part, .joined, .sum:
        for operand in node.operands { require(operand) }
      case .source where node.operands.isEmpty: required[number] = true
      default: break
      }
    }
    // Later clusters decide what earlier ones must store.
    for group in groups().sorted(by: { levels[$0[0]] > levels[$1[0]] }) {
      close(group)
    }
    clusters.reverse()
  }

  private mutating func require(_ number: Int) {
    required[number] = true
  }

  private func domain(of number: Int) -> Domain {
    nodes.domain(of: number)
  }

  private mutating func assignLevels() {
    for (number, node) in nodes.enumerated() {
      var level = 0
      let domain = node.isFused ? domain(of: number) : nil
      for operand in node.operands {
        let isInside = nodes[operand].isElementwise && self.domain(of: operand) == domain
        level = max(level, isInside ? levels[operand] : ready[operand])
      }
      levels.append(level)
      switch node.operation {
      case .source, .constant: ready.append(0)
      case .broadcast, .alias, .part, .joined, .sum: ready.append(level)
      case .elementwise, .reduction, .relayout, .kernel: ready.append(level + 1)
      }
    }
  }

  // Connected sets of fused nodes with equal level and domain.
  private func groups() -> [[Int]] {
    struct Place: Hashable {
      let tensor: Int
      let domain: Domain
      let level: Int
    }
    var sets = DisjointSets(count: nodes.count)
    var readers: [Place: Int] = [:]
    for (number, node) in nodes.enumerated() where node.isFused {
      let domain = domain(of: number)
      for operand in node.operands {
        switch nodes[operand].operation {
        case .constant, .broadcast: continue
        case .elementwise
        where levels[operand] == levels[number] && self.domain(of: operand) == domain:
          sets.unite(number, operand)
        default:
          for tensor in recomputation[operand]?.bases ?? [operand] {
            let place = Place(tensor: tensor, domain: domain, level: levels[number])
            if let other = readers[place] {
              sets.unite(number, other)
            } else {
              readers[place] = number
            }
          }
        }
      }
    }
    var members: [Int: [Int]] = [:]
    for (number, node) in nodes.enumerated() where node.isFused {
      members[sets.representative(of: number), default: []].append(number)
    }
    return members.values.sorted { $0[0] < $1[0] }
  }

  private mutating func close(_ group: [Int]) {
    let roots = group.filter { required[$0] }
    if roots.isEmpty { return }
    var body = LoopBody(domain: domain(of: roots[0]))
    let candidates = collect(from: roots, members: Set(group), into: &body)
    for candidate in candidates.sorted() {
      if let derivation = recomputation[candidate],
        recomputation.isWorthwhile(derivation, loads: body.loads, computed: body.computed)
      {
        for number in derivation.nodes { body.compute(number, nodes, derivation.nodes) }
      } else {
        body.loads.insert(candidate)
      }
    }
    for load in body.loads { require(nodes.memory(of: load)) }
    clusters.append(
      Cluster(
        domain: body.domain, roots: roots, computed: body.computed.sorted(),
        loads: body.loads.sorted()))
  }

  // What the loop of a group computes and reads for sure, and the values of other loops that it
  // might compute again.
  private func collect(
    from roots: [Int], members: Set<Int>, into body: inout LoopBody
  ) -> Set<Int> {
    var candidates: Set<Int> = []
    var stack = roots
    while let number = stack.popLast() {
      if nodes[number].isElementwise && !body.computed.insert(number).inserted { continue }
      for operand in nodes[number].operands {
        switch nodes[operand].operation {
        case .constant: continue
        case .elementwise where members.contains(operand) && domain(of: operand) == body.domain:
          stack.append(operand)
        case .elementwise
        where domain(of: operand) == body.domain && !required[operand]
          && recomputation[operand] != nil:
          candidates.insert(operand)
        default: body.loads.insert(operand)
        }
      }
    }
    return candidates
  }
}

/// What a fused loop computes and reads.
private struct LoopBody {
  let domain: Domain
  var computed: Set<Int> = []
  var loads: Set<Int> = []

  init(domain: Domain) {
    self.domain = domain
  }

  /// Adds a node whose operands are computed with it or read.
  mutating func compute(_ number: Int, _ nodes: [LoweredNode], _ together: Set<Int>) {
    guard computed.insert(number).inserted else { return }
    for operand in nodes[number].operands where !together.contains(operand) {
      if case .constant = nodes[operand].operation { continue }
      loads.insert(operand)
    }
  }
}

extension [LoweredNode] {
  /// The elements that a fused node's instructions run over.
  func domain(of number: Int) -> Domain {
    let node = self[number]
    guard case .reduction = node.operation else {
      return Domain(shape: node.shape, layout: node.layout)
    }
    let operand = self[node.operands[0]]
    if case .broadcast = operand.operation { return Domain(shape: operand.shape, layout: .plain) }
    return Domain(shape: operand.shape, layout: operand.layout)
  }
}
