/// Which convolutions of a program are to be joined.
struct ConvolutionPairs {
  /// The other one of each pair.
  private(set) var partners: [Int: Int] = [:]
  /// The one of each pair whose images come first.
  private(set) var firsts: Set<Int> = []
  /// Sums that have become what is left of their operands, by the sum.
  private(set) var forwarded: [Int: Int] = [:]

  private let nodes: [Node]
  private let joinsAll: Bool
  private let consumers: [[Int]]
  // The operands of joined convolutions, first to second.
  private var joined: [Int: Set<Int>] = [:]

  init(_ nodes: [Node], joinsAll: Bool) {
    self.nodes = nodes
    self.joinsAll = joinsAll
    var consumers = [[Int]](repeating: [], count: nodes.count)
    for (number, node) in nodes.enumerated() {
      for operand in Set(node.operands) { consumers[operand].append(number) }
    }
    self.consumers = consumers
  }

  private struct Key: Hashable {
    let primitive: Primitive
    let weights: Int
    let images: Shape
    // With a stride, gradients of images of two sizes can come from one size of cotangents.
    let result: Shape
  }

  mutating func findConvolutions() {
    var groups: [Key: [Int]] = [:]
    for (number, node) in nodes.enumerated()
    where node.isConvolutionOfData && isWorthwhile(node) {
      let key = Key(
        primitive: node.primitive, weights: node.operands[1],
        images: nodes[node.operands[0]].shape, result: node.shape)
      groups[key, default: []].append(number)
    }
    // Gradients by the data follow the order of the data, as gradients by the weights need it.
    for group in groups.values.sorted(by: { rank(of: $0[0]) < rank(of: $1[0]) }) {
      for (place, first) in group.enumerated() where partners[first] == nil {
        let second = group[(place + 1)...].first {
          partners[$0] == nil && !isReachable($0, from: first) && !isReachable(first, from: $0)
        }
        guard let second else { continue }
        let isInOrder = !precedes(nodes[second].operands[0], nodes[first].operands[0])
        join(isInOrder ? first : second, isInOrder ? second : first)
      }
    }
  }

  private func rank(of number: Int) -> (Int, Int) {
    if case .convolution = nodes[number].primitive { return (0, number) }
    return (1, number)
  }

  private mutating func join(_ first: Int, _ second: Int) {
    (partners[first], partners[second]) = (second, first)
    firsts.insert(first)
    joined[nodes[first].operands[0], default: []].insert(nodes[second].operands[0])
  }

  // Whether the images that two cotangents belong to in gradients by the weights are joined.
  private func precedes(_ cotangent: Int, _ other: Int) -> Bool {
    func images(_ cotangent: Int) -> [Int] {
      consumers[cotangent].filter { isWeightGradient($0) && nodes[$0].operands[1] == cotangent }
        .map { nodes[$0].operands[0] }
    }
    return images(cotangent).contains { image in
      images(other).contains { joined[image]?.contains($0) == true }
    }
  }

  // Reverse passes side by side hold the gradients of all skip connections twice, which only weights
  // that stay in no cache are worth.
  private static let uncachedWeights = 1 << 19

  private func isWorthwhile(_ node: Node) -> Bool {
    if joinsAll { return true }
    let images = nodes[node.operands[0]].shape.count
    let weights = nodes[node.operands[1]].shape.count
    if case .convolution = node.primitive { return weights >= images }
    return weights >= max(images, Self.uncachedWeights)
  }

  mutating func findWeightGradients() {
    for (number, node) in nodes.enumerated() where node.primitive == .binary(.add) {
      for (added, rest) in [(0, 1), (1, 0)].map({ (node.operands[$0], node.operands[$1]) }) {
        guard isLoneWeightGradient(added), partners[added] == nil,
          let other = summands(of: rest).first(where: { fits($0, added) })
        else { continue }
        let isInOrder = areJoined(other, added)
        (partners[other], partners[added]) = (added, other)
        firsts.insert(isInOrder ? other : added)
        forwarded[number] = rest
        break
      }
    }
  }

  // With joined convolutions taken for one.
  private func isReachable(_ target: Int, from start: Int) -> Bool {
    var seen: Set<Int> = [start]
    var stack = consumers[start]
    while let number = stack.popLast() {
      if number == target { return true }
      guard seen.insert(number).inserted else { continue }
      stack += consumers[number]
      if let partner = partners[number] { stack.append(partner) }
    }
    return false
  }

  private func isWeightGradient(_ number: Int) -> Bool {
    if case .convolutionWeightGradient = nodes[number].primitive { return true }
    return false
  }

  private func isLoneWeightGradient(_ number: Int) -> Bool {
    isWeightGradient(number) && consumers[number].count == 1
  }

  // What a sum that nothing else reads consists of, as far as sums go.
  private func summands(of number: Int) -> [Int] {
    guard consumers[number].count == 1 else { return [] }
    if let rest = forwarded[number] { return summands(of: rest) }
    guard nodes[number].primitive == .binary(.add) else { return [number] }
    return nodes[number].operands.flatMap(summands)
  }

  private func fits(_ number: Int, _ other: Int) -> Bool {
    number != other && isLoneWeightGradient(number) && partners[number] == nil
      && nodes[number].primitive == nodes[other].primitive
      && nodes[number].shape == nodes[other].shape
      && (areJoined(number, other) || areJoined(other, number))
  }

  // Whether both operands of the two lie side by side, those of the first before the second's.
  private func areJoined(_ first: Int, _ second: Int) -> Bool {
    zip(nodes[first].operands, nodes[second].operands).allSatisfy {
      joined[$0]?.contains($1) == true
    }
  }
}

extension Node {
  /// Whether this is a convolution, or its gradient by the data, with weights as second operand.
  var isConvolutionOfData: Bool {
    switch primitive {
    case .convolution, .convolutionDataGradient: true
    default: false
    }
  }
}
