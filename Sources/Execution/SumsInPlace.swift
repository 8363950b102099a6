import Autodiff

/// Sums of contractions that are formed where the first of them lies.
///
/// A weight of a quasi-conservative model has a gradient from each of three chains, the score's, its
/// derivative's along a probe, and the transposed one's. All but the one that is computed first add
/// to what is in memory, in place of a loop that reads all of them.
struct SumsInPlace {
  /// The contractions that a sum consists of, by its last addition.
  private(set) var parts: [Int: [Int]] = [:]
  /// The additions before the last, which nothing reads any more.
  private(set) var dropped: Set<Int> = []

  private let nodes: [Node]
  // How many nodes and results read each node.
  private let uses: [Int]

  init(_ program: Program) {
    nodes = program.nodes
    var uses = [Int](repeating: 0, count: program.nodes.count)
    for node in program.nodes {
      for operand in node.operands { uses[operand] += 1 }
    }
    for result in program.results { uses[result.node] += 1 }
    self.uses = uses
    // A sum comes before the sums that are its parts.
    for (number, node) in nodes.enumerated().reversed()
    where node.primitive == .binary(.add) && !dropped.contains(number) {
      var additions: Set<Int> = []
      parts[number] = contractions(of: number, &additions)
      if parts[number] != nil { dropped.formUnion(additions.subtracting([number])) }
    }
  }

  // The contractions that a sum consists of; nil if it has other parts.
  private func contractions(of sum: Int, _ additions: inout Set<Int>) -> [Int]? {
    additions.insert(sum)
    var parts: [Int] = []
    for operand in nodes[sum].operands {
      guard uses[operand] == 1, nodes[operand].shape == nodes[sum].shape else { return nil }
      switch nodes[operand].primitive {
      case .convolutionWeightGradient, .matrixProduct:
        parts.append(operand)
      case .binary(.add):
        guard let more = contractions(of: operand, &additions) else { return nil }
        parts += more
      default: return nil
      }
    }
    return parts
  }
}
