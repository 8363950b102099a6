public import Autodiff

/// Which choices are open.
public struct OpenChoices: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// Combines bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The algorithms of convolutions.
  public static let convolutions = OpenChoices(rawValue: 1)
  /// The libraries of matrix products.
  public static let matrixProducts = OpenChoices(rawValue: 2)
}

extension KernelChoices {
  /// Adds the fastest kernel for each convolution and matrix product that is not in the tables.
  ///
  /// What is not known is timed, which takes up to some seconds, and as much memory as the largest
  /// operation needs. Weights are packed once in a run, which counts in proportion to the number of
  /// times that they are used.
  ///
  /// - Parameters:
  ///   - open: What there is to choose.
  ///   - program: The program whose operations are looked at.
  ///   - known: Earlier measurements on this machine, to which those made now are added.
  /// - Throws: An error of a numerical library.
  public mutating func measure(
    _ open: OpenChoices, of program: Program, known: inout KernelChoices
  ) throws {
    #if OneDNN
      let nodes = Lowering(program, blocksChannels: true).nodes
      if open.contains(.convolutions) { try measureConvolutions(nodes, known: &known) }
      if open.contains(.matrixProducts) { measureProducts(nodes, known: &known) }
    #endif
  }

  #if OneDNN
    private mutating func measureConvolutions(
      _ nodes: [LoweredNode], known: inout KernelChoices
    ) throws {
      for (request, uses) in nodes.convolutionUses()
      where request.geometry.admitsWinograd && self[request] == nil {
        let name = "\(request), weights used \(uses) times"
        if known.convolutions[name] == nil {
          known.convolutions[name] = try ConvolutionTrial(request, uses: uses).fasterAlgorithm()
        }
        self[request] = known.convolutions[name]
      }
    }

    private mutating func measureProducts(_ nodes: [LoweredNode], known: inout KernelChoices) {
      for product in Set(nodes.compactMap { MatrixProduct($0, nodes) })
      where product.floatingPointOperations > 0 && self[product] == nil {
        if known[product] == nil { known[product] = MatrixProductTrial(product).fasterLibrary() }
        self[product] = known[product]
      }
    }
  #endif
}

extension [LoweredNode] {
  /// The convolutions, each with the number of times that one set of weights is used for it in a
  /// run.
  func convolutionUses() -> [ConvolutionRequest: Int] {
    var counts: [ConvolutionRequest: Int] = [:]
    var weights: [ConvolutionRequest: Set<Int>] = [:]
    for node in self {
      guard let request = ConvolutionRequest(node, self) else { continue }
      counts[request, default: 0] += 1
      weights[request, default: []].insert(node.operands[1])
    }
    return counts.reduce(into: [:]) { uses, entry in
      uses[entry.key] = entry.value / Swift.max(1, weights[entry.key]?.count ?? 1)
    }
  }
}
