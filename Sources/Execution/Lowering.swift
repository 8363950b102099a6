import Autodiff

/// Decides the memory layout of every value and makes copies between layouts explicit.
///
/// Activations next to a convolution are kept in blocked layout where their channels fill blocks;
/// everything that addresses axes freely (reshapes, matrix products) gets row-major memory.
struct Lowering {
  var nodes: [LoweredNode] = []
  /// The lowered node of each program node.
  private(set) var places: [Int] = []
  /// The lowered node of each program result, in row-major layout and with memory of its own.
  private(set) var results: [Int] = []

  private let blocksChannels: Bool
  private var copies: [Copy: Int] = [:]

  private struct Copy: Hashable {
    let node: Int
    let layout: ActivationLayout
  }

  init(_ program: Program, blocksChannels: Bool) {
    self.blocksChannels = blocksChannels
    let sums = SumsInPlace(program)
    for (number, node) in program.nodes.enumerated() {
      if let parts = sums.parts[number] {
        places.append(added(parts.map { places[$0] }, node.shape))
      } else if sums.dropped.contains(number) {
        places.append(places[node.operands[0]])
      } else {
        places.append(lower(node))
      }
    }
    results = program.results.map { port in
      let result = inMemory(places[port.node], .plain)
      // The caller's memory is not a part of other tensors.
      return nodes.isWhole(result) ? result : copied(result, .plain)
    }
  }

  /// The layout of an activation next to a convolution.
  private func activationLayout(_ shape: Shape) -> ActivationLayout {
    blocksChannels && shape.isBlockable ? .blocked : .plain
  }

  mutating func append(
    _ operation: LoweredOperation, _ operands: [Int], _ shape: Shape,
    _ layout: ActivationLayout = .plain
  ) -> Int {
    nodes.append(
      LoweredNode(operation: operation, operands: operands, shape: shape, layout: layout))
    return nodes.count - 1
  }

  private mutating func lower(_ node: Node) -> Int {
    let operands = node.operands.map { places[$0] }
    switch node.primitive {
    case .input, .literal:
      return append(.source(node.primitive), [], node.shape)
    case .constant(let bits):
      return append(.constant(Float(bitPattern: bits)), [], node.shape)
    case .stopGradient:
      return operands[0]
    case .broadcast:
      return append(.broadcast, operands, node.shape, nodes[operands[0]].layout)
    case .unary(let function):
      return lowerElementwise(.unary(function), operands, node.shape)
    case .binary(let function):
      return lowerElementwise(.binary(function), operands, node.shape)
    case .select:
      return lowerElementwise(.select, operands, node.shape)
    case .reduceSum:
      return lowerReduction(.sum, operands[0], node.shape)
    case .reduceMax:
      return lowerReduction(.maximum, operands[0], node.shape)
    case .reshape:
      return append(.alias, [inMemory(operands[0], .plain)], node.shape)
    default:
      return lowerKernel(node, operands)
    }
  }

  private mutating func lowerElementwise(
    _ function: ElementwiseFunction, _ operands: [Int], _ shape: Shape
  ) -> Int {
    let isBlocked = operands.contains { !isView($0) && nodes[$0].layout == .blocked }
    let domain = Domain(shape: shape, layout: isBlocked ? .blocked : .plain)
    return append(
      .elementwise(function), operands.map { readable($0, in: domain) }, shape, domain.layout)
  }

  private mutating func lowerReduction(_ kind: ReductionKind, _ operand: Int, _ shape: Shape) -> Int
  {
    let layout = isView(operand) ? .plain : nodes[operand].layout
    let domain = Domain(shape: nodes[operand].shape, layout: layout)
    let keepsBlocks = layout == .blocked && shape.isBlockable
    return append(
      .reduction(kind), [readable(operand, in: domain)], shape, keepsBlocks ? .blocked : .plain)
  }

  private mutating func lowerKernel(_ node: Node, _ operands: [Int]) -> Int {
    func activations(_ index: Int) -> ActivationLayout {
      activationLayout(nodes[operands[index]].shape)
    }
    var layouts = [ActivationLayout](repeating: .plain, count: operands.count)
    var result = ActivationLayout.plain
    switch node.primitive {
    case .convolution, .convolutionDataGradient:
      layouts[0] = activations(0)
      result = activationLayout(node.shape)
    case .convolutionWeightGradient:
      layouts = [activations(0), activations(1)]
    case .resample:
      result = nodes[operands[0]].layout
      layouts[0] = result
    case .slice(let start) where isPart(node.shape, of: operands[0]):
      return part(node.shape, of: operands[0], start: start[0])
    case .slice(let start), .pad(let start):
      result = alignedLayout(operands, node.shape, channelStarts: [start])
      layouts[0] = result
    case .concatenate(let axis):
      result = alignedLayout(operands, node.shape, channelStarts: [])
      if axis == 0, let joined = join(operands, node.shape, result) { return joined }
      layouts = layouts.map { _ in result }
    default: break
    }
    let inputs = zip(operands, layouts).map { inMemory($0, $1) }
    return append(.kernel(node.primitive), inputs, node.shape, result)
  }

  // Boxes can be copied in blocked layout only where they cut between blocks.
  private func alignedLayout(_ operands: [Int], _ shape: Shape, channelStarts: [[Int]])
    -> ActivationLayout
  {
    guard blocksChannels, shape.isBlockable,
      operands.contains(where: { nodes[$0].layout == .blocked }),
      operands.allSatisfy({ nodes[$0].shape.isBlockable }),
      channelStarts.allSatisfy({ $0[1] % ActivationLayout.lanes == 0 })
    else { return .plain }
    return .blocked
  }

  private func isView(_ number: Int) -> Bool {
    switch nodes[number].operation {
    case .broadcast, .constant: true
    default: false
    }
  }

  /// A node that instructions over `domain` can load: a view's source is put in a layout that
  /// strides over the domain can address.
  mutating func readable(_ number: Int, in domain: Domain) -> Int {
    switch nodes[number].operation {
    case .constant:
      return number
    case .broadcast:
      let source = nodes[number].operands[0]
      let shape = nodes[source].shape
      // Row-major memory that varies over channels alone is the same in both layouts.
      let layout: ActivationLayout =
        domain.layout == .blocked && shape.isBlockable ? .blocked : .plain
      let moved = inMemory(source, layout)
      return moved == source
        ? number : append(.broadcast, [moved], nodes[number].shape, nodes[moved].layout)
    default:
      return inMemory(number, domain.layout)
    }
  }

  /// A node with memory of its own in the given layout.
  private mutating func inMemory(_ number: Int, _ layout: ActivationLayout) -> Int {
    let node = nodes[number]
    if !isView(number) && node.layout == layout { return number }
    let copy = Copy(node: number, layout: layout)
    if let known = copies[copy] { return known }
    let made: Int
    if isView(number) {
      let domain = Domain(shape: node.shape, layout: layout)
      made = append(.elementwise(.copy), [readable(number, in: domain)], node.shape, layout)
    } else {
      made = append(.relayout, [number], node.shape, layout)
    }
    copies[copy] = made
    return made
  }
}
