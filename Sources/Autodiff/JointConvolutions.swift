/// Convolutions of different images with the same weights become one of all images.
///
/// A score and its derivative along a probe go through the same layers, and so do the two reverse
/// passes. Together they read the weights once. That pays where weights are a good part of what a
/// convolution reads; elsewhere it costs memory, since both passes are under way at a time.
extension Program {
  /// The program with pairs of convolutions joined along the first axis.
  ///
  /// Two convolutions, or two gradients by the data, with the same weights and extents are joined if
  /// neither depends on the other and it is worthwhile: if the weights have at least as many
  /// elements as the images, and for gradients if they are too many for a cache besides. Two
  /// gradients by the weights that are added up are joined if their operands are.
  ///
  /// - Parameter always: Whether all that can be joined is, worthwhile or not.
  /// - Returns: A program with the same inputs and results.
  public func joiningConvolutions(always: Bool = false) -> Program {
    var pairs = ConvolutionPairs(nodes, joinsAll: always)
    pairs.findConvolutions()
    pairs.findWeightGradients()
    return JointProgram(self, pairs).program
  }

  init(nodes: [Node], results: [Port]) {
    self.nodes = nodes
    self.results = results
    inputs = nodes.enumerated().compactMap { number, node in
      guard case .input(let name) = node.primitive else { return nil }
      return Port(name: name, node: number, shape: node.shape)
    }
  }
}

/// The rewriting of a program with pairs of convolutions.
private struct JointProgram {
  private let source: Program
  private let pairs: ConvolutionPairs
  private var nodes: [Node] = []
  private var places: [Int?]
  private var concatenations: [[Int]: Int] = [:]

  init(_ source: Program, _ pairs: ConvolutionPairs) {
    self.source = source
    self.pairs = pairs
    places = [Int?](repeating: nil, count: source.nodes.count)
    for number in source.nodes.indices { emit(number) }
  }

  var program: Program {
    Program(
      nodes: nodes,
      results: source.results.map {
        Program.Port(name: $0.name, node: places[$0.node] ?? 0, shape: $0.shape)
      })
  }

  // Depth first, with what both of a pair need before either of them.
  private mutating func emit(_ root: Int) {
    var stack = [root]
    while let number = stack.last {
      if places[number] != nil {
        stack.removeLast()
        continue
      }
      let missing = needs(of: number).filter { places[$0] == nil }
      if missing.isEmpty {
        stack.removeLast()
        place(number)
      } else {
        stack += missing.reversed()
      }
    }
  }

  private func needs(of number: Int) -> [Int] {
    if let rest = pairs.forwarded[number] { return [rest] }
    let own = source.nodes[number].operands
    return own + (pairs.partners[number].map { source.nodes[$0].operands } ?? [])
  }

  private mutating func place(_ number: Int) {
    if let rest = pairs.forwarded[number] {
      places[number] = places[rest]
    } else if let partner = pairs.partners[number] {
      let isFirst = pairs.firsts.contains(number)
      placePair(isFirst ? number : partner, isFirst ? partner : number)
    } else {
      let node = source.nodes[number]
      places[number] = append(node.primitive, node.operands.map { places[$0] ?? 0 }, node.shape)
    }
  }

  private mutating func placePair(_ first: Int, _ second: Int) {
    let node = source.nodes[first]
    let images = concatenation(node.operands[0], source.nodes[second].operands[0])
    guard node.isConvolutionOfData else {
      let cotangents = concatenation(node.operands[1], source.nodes[second].operands[1])
      let sum = append(node.primitive, [images, cotangents], node.shape)
      (places[first], places[second]) = (sum, sum)
      return
    }
    let whole = append(node.primitive, [images, places[node.operands[1]] ?? 0], node.shape.doubled)
    var start = [Int](repeating: 0, count: node.shape.rank)
    places[first] = append(.slice(start: start), [whole], node.shape)
    start[0] = node.shape[0]
    places[second] = append(.slice(start: start), [whole], node.shape)
  }

  private mutating func concatenation(_ first: Int, _ second: Int) -> Int {
    let operands = [first, second].map { places[$0] ?? 0 }
    if let known = concatenations[operands] { return known }
    let made = append(.concatenate(axis: 0), operands, nodes[operands[0]].shape.doubled)
    concatenations[operands] = made
    return made
  }

  private mutating func append(_ primitive: Primitive, _ operands: [Int], _ shape: Shape) -> Int {
    nodes.append(Node(primitive: primitive, operands: operands, shape: shape))
    return nodes.count - 1
  }
}

extension Shape {
  fileprivate var doubled: Shape { Shape([2 * self[0]] + dimensions.dropFirst()) }
}
