import Autodiff

/// Which memory nodes share.
extension [LoweredNode] {
  /// The node that owns the memory a node lies in: an alias or a part lies in its operand's, and
  /// what is joined or added up in that of the whole.
  func storage(of number: Int) -> Int { place(of: number).node }

  /// The owner of a node's memory, and how many floats after its beginning the node lies.
  func place(of number: Int) -> LoweredNode.Host {
    var (node, offset) = (number, 0)
    while true {
      if let host = self[node].host {
        (node, offset) = (host.node, offset + host.offset)
        continue
      }
      switch self[node].operation {
      case .alias: node = self[node].operands[0]
      case .part(let distance): (node, offset) = (self[node].operands[0], offset + distance)
      default: return LoweredNode.Host(node: node, offset: offset)
      }
    }
  }

  /// Whether a node has the whole memory of its owner.
  func isWhole(_ number: Int) -> Bool {
    let place = place(of: number)
    return place.offset == 0 && self[place.node].shape.count == self[number].shape.count
  }

  /// The sum of which a node is a part, if it is.
  func sum(with number: Int) -> Int? {
    guard let host = self[number].host, case .sum = self[host.node].operation else { return nil }
    return host.node
  }

  /// The nodes that must have been written before a node can be read.
  func written(for number: Int) -> [Int] {
    switch self[number].operation {
    case .alias, .part: written(for: self[number].operands[0])
    case .joined, .sum: self[number].operands.flatMap(written)
    default: [number]
    }
  }
}
