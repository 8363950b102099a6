import Autodiff
import CVectorKernels

/// A sum or difference and the product in it as one instruction.
///
/// One instruction in place of two spares the tile of the product, and rounds once.
struct MultiplyAdd {
  /// The product's node, which needs no instruction of its own.
  let product: Int
  /// The factors and the third operand, or a factor and the third operand where the other factor is
  /// a number.
  let operands: [Int]
  let operation: hk_operation
  let immediate: Float
}

extension MultiplyAdd {
  /// The pairs of a cluster by the node of the sum: products that nothing else needs.
  static func pairs(in cluster: Cluster, _ nodes: [LoweredNode]) -> [Int: MultiplyAdd] {
    let computed = Set(cluster.computed)
    let stored = Set(cluster.roots)
    var uses: [Int: Int] = [:]
    for number in cluster.computed {
      for operand in nodes[number].operands { uses[operand, default: 0] += 1 }
    }
    for root in cluster.roots where !nodes[root].isElementwise {
      uses[nodes[root].operands[0], default: 0] += 1
    }
    func isFree(_ number: Int) -> Bool {
      computed.contains(number) && !stored.contains(number) && uses[number] == 1
        && nodes[number].isProduct
    }
    var pairs: [Int: MultiplyAdd] = [:]
    for number in cluster.computed {
      guard case .elementwise(.binary(let function)) = nodes[number].operation,
        function == .add || function == .subtract
      else { continue }
      let (left, right) = (nodes[number].operands[0], nodes[number].operands[1])
      let isNumber = [left, right].contains { nodes.number($0) != nil }
      if isNumber { continue }
      if isFree(left) {
        pairs[number] = MultiplyAdd(
          left, plus: right, function == .add ? .sum : .productMinus, nodes)
      } else if isFree(right) {
        pairs[number] = MultiplyAdd(
          right, plus: left, function == .add ? .sum : .minusProduct, nodes)
      }
    }
    return pairs.compactMapValues { $0 }
  }

  private enum Form {
    case sum
    case productMinus
    case minusProduct
  }

  private init?(_ product: Int, plus third: Int, _ form: Form, _ nodes: [LoweredNode]) {
    let factors = nodes[product].operands
    self.product = product
    if let place = factors.firstIndex(where: { nodes.number($0) != nil }),
      let number = nodes.number(factors[place])
    {
      // factor * number + third; a difference of the other order is the sum with -number.
      guard form != .productMinus else { return nil }
      operation = HK_MULTIPLY_IMMEDIATE_ADD
      operands = [factors[1 - place], third]
      immediate = form == .sum ? number : -number
    } else {
      operation =
        switch form {
        case .sum: HK_MULTIPLY_ADD
        case .productMinus: HK_MULTIPLY_SUBTRACT
        case .minusProduct: HK_NEGATED_MULTIPLY_ADD
        }
      operands = factors + [third]
      immediate = 0
    }
  }
}

extension LoweredNode {
  fileprivate var isProduct: Bool {
    guard case .elementwise(.binary(.multiply)) = operation else { return false }
    return true
  }
}

extension [LoweredNode] {
  fileprivate func number(_ index: Int) -> Float? {
    guard case .constant(let value) = self[index].operation else { return nil }
    return value
  }
}
