import Autodiff

/// Slices and concatenations along the first axis, which need no copies, and sums in place.
extension Lowering {
  /// Whether a slice of this shape is a piece of a node's memory at a boundary that kernels accept.
  func isPart(_ shape: Shape, of number: Int) -> Bool {
    let whole = nodes[number].shape
    switch nodes[number].operation {
    case .broadcast, .constant: return false
    default: break
    }
    return shape.rank > 1 && shape.dimensions.dropFirst() == whole.dimensions.dropFirst()
      && whole[0] > 0 && (whole.count / whole[0]) % ActivationLayout.lanes == 0
  }

  /// The piece of a node's memory that begins at an index of the first axis.
  mutating func part(_ shape: Shape, of number: Int, start: Int) -> Int {
    let whole = nodes[number].shape
    return append(
      .part(offset: start * (whole.count / whole[0])), [number], shape, nodes[number].layout)
  }

  /// One piece of memory for a concatenation along the first axis; nil if it must be copied.
  ///
  /// What a loop or kernel computes is written to its place at once. What has its place already is
  /// copied by a loop.
  mutating func join(_ operands: [Int], _ shape: Shape, _ layout: ActivationLayout) -> Int? {
    guard operands.allSatisfy({ nodes[$0].shape.count % ActivationLayout.lanes == 0 }),
      operands.contains(where: { isMovable($0, layout) })
    else { return nil }
    var seen: Set<Int> = []
    let parts = operands.map { operand in
      let isFree = isMovable(operand, layout) && seen.insert(operand).inserted
      return isFree ? operand : copied(operand, layout)
    }
    let joined = append(.joined, parts, shape, layout)
    var offset = 0
    for part in parts {
      nodes[part].host = LoweredNode.Host(node: joined, offset: offset)
      offset += nodes[part].shape.count
    }
    return joined
  }

  /// One piece of memory for the sum of kernels' results that nothing else reads.
  mutating func added(_ parts: [Int], _ shape: Shape) -> Int {
    let sum = append(.sum, parts, shape)
    for part in parts { nodes[part].host = LoweredNode.Host(node: sum, offset: 0) }
    return sum
  }

  // Whether a node's memory can be wherever the whole has its place for it.
  private func isMovable(_ number: Int, _ layout: ActivationLayout) -> Bool {
    let node = nodes[number]
    guard node.layout == layout, node.host == nil else { return false }
    switch node.operation {
    case .elementwise, .kernel, .relayout: return true
    default: return false
    }
  }

  /// A node with the same elements in memory of its own.
  mutating func copied(_ number: Int, _ layout: ActivationLayout) -> Int {
    let domain = Domain(shape: nodes[number].shape, layout: layout)
    return append(
      .elementwise(.copy), [readable(number, in: domain)], nodes[number].shape, layout)
  }
}
