import Autodiff

/// The algorithm of each convolution of a program, by its extents, direction and layouts.
///
/// The table is found by measurement. Two algorithms differ in rounding, so that all ranks of a run
/// must use the same table, and a run that is continued the one it began with.
public struct ConvolutionChoices: Sendable, Hashable, Codable {
  private var algorithms: [String: ConvolutionAlgorithm] = [:]

  /// A table without any choice.
  public init() {}

  /// The number of convolutions in the table.
  public var count: Int { algorithms.count }

  /// The number of convolutions that use Winograd's algorithm.
  public var winogradCount: Int { algorithms.values.count { $0 == .winograd } }

  subscript(request: ConvolutionRequest) -> ConvolutionAlgorithm? {
    get { self[request.description] }
    set { self[request.description] = newValue }
  }

  subscript(name: String) -> ConvolutionAlgorithm? {
    get { algorithms[name] }
    set { algorithms[name] = newValue }
  }

  /// Reads a table from an object of names and algorithms.
  public init(from decoder: any Decoder) throws {
    algorithms = try decoder.singleValueContainer().decode([String: ConvolutionAlgorithm].self)
  }

  /// Writes the table as an object of names and algorithms.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(algorithms)
  }
}

extension ConvolutionRequest: CustomStringConvertible {
  /// For example `forward 8 x 64x32x32 * 128x3x3 stride 1 pad 1 1 blocked blocked`.
  var description: String {
    let g = geometry
    return "\(direction.rawValue) \(g.batch) x \(g.inChannels)x\(g.inHeight)x\(g.inWidth)"
      + " * \(g.outChannels)x\(g.kernelHeight)x\(g.kernelWidth) stride \(g.stride)"
      + " pad \(g.padLow) \(g.padHigh) \(layouts.images) \(layouts.results)"
  }
}

extension Program {
  /// The convolutions of the program, each with the number of times that one set of weights is used
  /// for it in a run.
  func convolutions() -> [ConvolutionRequest: Int] {
    let nodes = Lowering(self, blocksChannels: true).nodes
    var counts: [ConvolutionRequest: Int] = [:]
    var weights: [ConvolutionRequest: Set<Int>] = [:]
    for node in nodes {
      guard let request = ConvolutionRequest(node, nodes) else { continue }
      counts[request, default: 0] += 1
      weights[request, default: []].insert(node.operands[1])
    }
    return counts.reduce(into: [:]) { uses, entry in
      uses[entry.key] = entry.value / max(1, weights[entry.key]?.count ?? 1)
    }
  }
}
