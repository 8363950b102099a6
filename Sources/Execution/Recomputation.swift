/// Which element-wise values are cheap functions of one tensor in memory.
///
/// Reading a tensor costs more than some arithmetic on numbers already in the first-level cache, so
/// such a value is computed in every loop that needs it rather than stored by one and read by all.
struct Recomputation {
  private struct Derivation {
    let base: Int?
    let cost: Int
  }

  private var derivations: [Derivation?]
  // Instructions per element beyond which storing the value is taken to be cheaper.
  private let costLimit = 24

  init(_ nodes: [LoweredNode]) {
    derivations = []
    for (number, node) in nodes.enumerated() {
      derivations.append(
        node.isElementwise ? Recomputation.derive(number, nodes, derivations, costLimit) : nil)
    }
  }

  private static func derive(
    _ number: Int, _ nodes: [LoweredNode], _ known: [Derivation?], _ limit: Int
  ) -> Derivation? {
    var bases: Set<Int> = []
    var cost = 1
    for operand in nodes[number].operands {
      switch nodes[operand].operation {
      case .constant, .broadcast: continue
      case .elementwise where nodes.domain(of: operand) == nodes.domain(of: number):
        guard let derivation = known[operand] else {
          bases.insert(operand)
          continue
        }
        if let base = derivation.base { bases.insert(base) }
        cost += derivation.cost
      default: bases.insert(operand)
      }
    }
    guard bases.count <= 1, cost <= limit else { return nil }
    return Derivation(base: bases.first, cost: cost)
  }

  /// Whether a loop that needs the value should compute it itself.
  func isCheap(_ number: Int) -> Bool { derivations[number] != nil }

  /// The tensor that a cheap value is a function of.
  func base(of number: Int) -> Int? { derivations[number]?.base }
}
