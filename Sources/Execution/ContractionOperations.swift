public import Autodiff

extension Program {
  /// Multiplications and additions of a run's convolutions and matrix products.
  ///
  /// Each counts as one operation, those with the zeros around an image too. Element-wise functions,
  /// reductions and resampling are left out, as is usual where programs are compared.
  public var contractionOperations: Int {
    let nodes = Lowering(self, blocksChannels: false).nodes
    return nodes.reduce(0) { sum, node in
      if let request = ConvolutionRequest(node, nodes) {
        return sum + request.geometry.floatingPointOperations
      }
      guard case .kernel(.matrixProduct(let isFirstTransposed, _)) = node.operation else {
        return sum
      }
      let first = nodes[node.operands[0]].shape
      return sum + 2 * node.shape.count * first[first.rank - (isFirstTransposed ? 2 : 1)]
    }
  }
}
