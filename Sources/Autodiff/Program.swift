/// A finished computation: the part of a graph that some results need.
///
/// Nodes are in topological order. Nothing that no result needs is left in it.
public struct Program: Sendable, CustomStringConvertible {
  /// A named tensor that is bound or read when the program runs.
  public struct Port: Hashable, Sendable {
    /// The name.
    public let name: String
    /// The number of the node.
    public let node: Int
    /// The shape.
    public let shape: Shape
  }

  /// The nodes in topological order.
  public let nodes: [Node]
  /// The tensors to bind before a run, in order of first use.
  public let inputs: [Port]
  /// The tensors to read after a run, in the order asked for.
  public let results: [Port]

  /// Extracts from a graph what the named values need.
  ///
  /// - Parameter results: Names and values, all of one graph; a value may have several names.
  public init(_ results: [(name: String, value: Value)]) {
    precondition(!results.isEmpty, "a program needs a result")
    let graph = results[0].value.graph
    let needed = graph.ancestors(
      of: results.map(\.value), upTo: results.map(\.value.number).max() ?? 0)
    var places = [Int](repeating: -1, count: needed.count)
    var kept: [Node] = []
    var inputs: [Port] = []
    for number in needed.indices where needed[number] {
      let node = graph.nodes[number]
      places[number] = kept.count
      if case .input(let name) = node.primitive {
        inputs.append(Port(name: name, node: kept.count, shape: node.shape))
      }
      kept.append(
        Node(
          primitive: node.primitive, operands: node.operands.map { places[$0] },
          shape: node.shape))
    }
    self.nodes = kept
    self.inputs = inputs
    self.results = results.map {
      Port(name: $0.name, node: places[$0.value.number], shape: $0.value.shape)
    }
  }

  /// One line for each node and each result, stable for equal programs.
  public var description: String {
    let lines = nodes.enumerated().map { number, node in
      let operands = node.operands.map { " %\($0)" }.joined()
      return "%\(number) = \(node.primitive.listingName)\(operands) : \(node.shape)"
    }
    return (lines + results.map { "result \($0.name) = %\($0.node)" }).joined(separator: "\n")
  }
}

extension Primitive {
  /// The primitive's name and static parameters in a program's listing.
  public var listingName: String {
    switch self {
    case .input(let name): "input \"\(name)\""
    case .constant(let bits): "constant \(Float(bitPattern: bits))"
    case .literal(let elements): "literal \(elements.count) elements"
    case .unary(let function): function.rawValue
    case .binary(let function): function.rawValue
    case .select: "select"
    case .broadcast: "broadcast"
    case .reduceSum(let axes): "reduceSum\(axes)"
    case .reduceMax(let axes): "reduceMax\(axes)"
    case .reshape: "reshape"
    case .transpose(let permutation): "transpose\(permutation)"
    case .slice(let start): "slice\(start)"
    case .pad(let start): "pad\(start)"
    case .concatenate(let axis): "concatenate[\(axis)]"
    case .gather: "gather"
    case .scatterAdd: "scatterAdd"
    case .matrixProduct(let first, let second):
      "matrixProduct\(first ? " first^T" : "")\(second ? " second^T" : "")"
    case .convolution(let window): "convolution \(window.listingName)"
    case .convolutionDataGradient(let window): "convolutionDataGradient \(window.listingName)"
    case .convolutionWeightGradient(let window): "convolutionWeightGradient \(window.listingName)"
    case .resample(let filter):
      "resample taps=\(filter.taps) up=\(filter.up) down=\(filter.down) "
        + "pad=\(filter.padLow),\(filter.padHigh)"
    case .dropoutMask(let site, let rate): "dropoutMask site=\(site) rate=\(rate)"
    case .stopGradient: "stopGradient"
    }
  }
}

extension ConvolutionWindow {
  fileprivate var listingName: String { "stride=\(stride) pad=\(padLow),\(padHigh)" }
}
