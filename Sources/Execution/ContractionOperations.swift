public import Autodiff

extension Program {
  /// Multiplications and additions of a run's convolutions and matrix products.
  ///
  /// Each counts as one operation, those with the zeros around an image too. Element-wise functions,
  /// reductions and resampling are left out, as is usual where programs are compared.
  public var contractionOperations: Int {
    let nodes = Lowering(self, blocksChannels: false).nodes
    return nodes.indices.reduce(0) { $0 + nodes.contractionOperations(of: $1) }
  }
}

extension [LoweredNode] {
  /// Multiplications and additions of a convolution or matrix product; 0 for everything else.
  func contractionOperations(of number: Int) -> Int {
    let node = self[number]
    if let request = ConvolutionRequest(node, self) {
      return request.geometry.floatingPointOperations
    }
    guard case .kernel(.matrixProduct(let isFirstTransposed, _)) = node.operation else { return 0 }
    let first = self[node.operands[0]].shape
    return 2 * node.shape.count * first[first.rank - (isFirstTransposed ? 2 : 1)]
  }
}
