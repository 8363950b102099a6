/// One application of a primitive in a graph.
public struct Node: Hashable, Sendable {
  /// What is computed.
  public let primitive: Primitive
  /// The numbers of the nodes it is computed from.
  public let operands: [Int]
  /// The shape of the result.
  public let shape: Shape
}

/// A growing directed acyclic graph of tensor values.
///
/// Nodes are hash-consed: the same primitive of the same operands is the same node. A node's
/// operands always have smaller numbers, so ascending order is a topological order.
public final class Graph {
  /// All nodes so far, in topological order.
  public private(set) var nodes: [Node] = []
  private var numbers: [Node: Int] = [:]
  private var inputShapes: [String: Shape] = [:]

  /// Creates an empty graph.
  public init() {}

  /// Adds a tensor that is bound when the program runs; equal names must have equal shapes.
  public func input(_ name: String, _ shape: Shape) -> Value {
    let known = inputShapes[name] ?? shape
    precondition(known == shape, "input \"\(name)\" is \(known) already, not \(shape)")
    inputShapes[name] = shape
    return intern(.input(name: name), [], shape)
  }

  /// A tensor with the same value everywhere; it is never materialised before it must be.
  public func constant(_ value: Float, _ shape: Shape = []) -> Value {
    intern(.constant(bitPattern: value.bitPattern), [], shape)
  }

  /// A tensor with fixed elements in row-major order.
  public func literal(_ elements: [Float], _ shape: Shape) -> Value {
    precondition(elements.count == shape.count, "\(elements.count) elements for \(shape)")
    return intern(.literal(elements), [], shape)
  }

  func intern(_ primitive: Primitive, _ operands: [Int], _ shape: Shape) -> Value {
    let node = Node(primitive: primitive, operands: operands, shape: shape)
    if let number = numbers[node] { return Value(graph: self, number: number) }
    numbers[node] = nodes.count
    nodes.append(node)
    return Value(graph: self, number: nodes.count - 1)
  }
}

/// A tensor in a graph, known by how it is computed.
public struct Value {
  /// The graph that the value belongs to.
  public let graph: Graph
  /// The number of the value's node in the graph.
  public let number: Int

  /// The node that computes the value.
  public var node: Node { graph.nodes[number] }

  /// The value's shape.
  public var shape: Shape { node.shape }

  /// The value shared by all elements, if the node is a constant.
  public var constantValue: Float? {
    guard case .constant(let bits) = node.primitive else { return nil }
    return Float(bitPattern: bits)
  }

  var isZero: Bool { constantValue == 0 }

  func operand(_ index: Int) -> Value {
    Value(graph: graph, number: node.operands[index])
  }
}
