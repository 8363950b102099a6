import Autodiff

/// How element-wise values follow from a few tensors in memory.
///
/// Reading a tensor costs more than some arithmetic on numbers already in the first-level cache, so
/// such a value may be computed in every loop that needs it rather than stored by one and read by
/// all.
struct Recomputation {
  /// What it takes to compute a value anew.
  struct Derivation {
    /// The tensors that are read, each of the value's own extents.
    let bases: Set<Int>
    /// The element-wise nodes that are computed, the value included.
    let nodes: Set<Int>
  }

  /// In units of one simple vector instruction on a tile.
  private static let readCost = 5
  // A write moves a line twice, and memory that is not needed later is worth something too.
  private static let storageCost = 20

  // Values further from memory than this are always stored.
  private static let baseLimit = 3
  private static let costLimit = 64

  private let nodes: [LoweredNode]
  private var derivations: [Derivation?] = []

  init(_ nodes: [LoweredNode]) {
    self.nodes = nodes
    for number in nodes.indices {
      derivations.append(nodes[number].isElementwise ? derive(number) : nil)
    }
  }

  private func derive(_ number: Int) -> Derivation? {
    var bases: Set<Int> = []
    var computed: Set<Int> = [number]
    for operand in nodes[number].operands {
      switch nodes[operand].operation {
      case .constant, .broadcast: continue
      case .elementwise where nodes.domain(of: operand) == nodes.domain(of: number):
        if let derivation = derivations[operand] {
          bases.formUnion(derivation.bases)
          computed.formUnion(derivation.nodes)
        } else {
          bases.insert(operand)
        }
      default: bases.insert(operand)
      }
    }
    guard bases.count <= Self.baseLimit, cost(of: computed) <= Self.costLimit else { return nil }
    return Derivation(bases: bases, nodes: computed)
  }

  /// How a value follows from tensors in memory; nil if it has to be stored.
  subscript(number: Int) -> Derivation? { derivations[number] }

  /// Whether a loop should compute the value itself rather than read it.
  ///
  /// - Parameters:
  ///   - derivation: How the value is computed.
  ///   - loads: What the loop reads anyway.
  ///   - computed: What it computes anyway.
  /// - Returns: Whether that costs less than a tensor in memory.
  func isWorthwhile(_ derivation: Derivation, loads: Set<Int>, computed: Set<Int>) -> Bool {
    let reads = derivation.bases.subtracting(loads).count
    let arithmetic = cost(of: derivation.nodes.subtracting(computed))
    return reads * Self.readCost + arithmetic <= Self.storageCost
  }

  private func cost(of computed: Set<Int>) -> Int {
    computed.reduce(0) { $0 + nodes[$1].instructionCost }
  }
}

extension LoweredNode {
  fileprivate var instructionCost: Int {
    guard case .elementwise(let function) = operation else { return 0 }
    switch function {
    case .unary(let function):
      switch function {
      case .log, .sin, .cos: return 60
      case .exp, .tanh, .sigmoid: return 7
      case .sqrt, .reciprocalSqrt, .reciprocal: return 4
      default: return 1
      }
    case .binary(.divide): return 4
    default: return 1
    }
  }
}
