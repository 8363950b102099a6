extension Value {
  /// Pulls a cotangent of this value back to its operands.
  ///
  /// - Parameters:
  ///   - cotangent: Of this value's shape.
  ///   - needed: Which operands' cotangents are wanted.
  /// - Returns: A cotangent for each operand, nil where it is zero or not wanted.
  func pullback(_ cotangent: Value, needed: [Bool]) -> [Value?] {
    let operands = node.operands.indices.map { operand($0) }
    func lazily(_ index: Int, _ value: () -> Value?) -> Value? { needed[index] ? value() : nil }
    switch node.primitive {
    case .input, .constant, .literal, .reduceMax, .dropoutMask, .stopGradient:
      return operands.map { _ in nil }
    case .unary(let function):
      return [function.derivative(at: operands[0], result: self).map { cotangent * $0 }]
    case .binary(let function):
      let (first, second) = function.derivatives(operands[0], operands[1], result: self)
      return [
        lazily(0) { first.map { cotangent * $0 } }, lazily(1) { second.map { cotangent * $0 } },
      ]
    case .select:
      let zero = graph.constant(0, shape)
      return [
        nil, lazily(1) { Autodiff.select(operands[0], cotangent, zero) },
        lazily(2) { Autodiff.select(operands[0], zero, cotangent) },
      ]
    case .gather:
      return [
        lazily(0) { scatterAdd(cotangent, rows: operands[1], count: operands[0].shape[0]) }, nil,
      ]
    case .scatterAdd:
      return [lazily(0) { gather(cotangent, rows: operands[1]) }, nil]
    case .broadcast, .reduceSum, .reshape, .transpose, .slice, .pad, .concatenate, .resample:
      return structuralPullback(cotangent, operands: operands)
    case .matrixProduct, .convolution, .convolutionDataGradient, .convolutionWeightGradient:
      return [
        lazily(0) { contractionPullback(cotangent, toOperand: 0) },
        lazily(1) { contractionPullback(cotangent, toOperand: 1) },
      ]
    }
  }

  private func structuralPullback(_ cotangent: Value, operands: [Value]) -> [Value?] {
    let source = operands[0].shape
    switch node.primitive {
    case .broadcast: return [cotangent.sum(source.axesRepeated(to: shape))]
    case .reduceSum: return [cotangent.broadcast(to: source)]
    case .reshape: return [cotangent.reshaped(to: source)]
    case .transpose(let permutation):
      var inverse = permutation
      for (place, axis) in permutation.enumerated() { inverse[axis] = place }
      return [cotangent.transposed(inverse)]
    case .slice(let start): return [cotangent.padded(start: start, to: source)]
    case .pad(let start): return [cotangent.sliced(start: start, size: source)]
    case .resample(let filter):
      let transposed = filter.transposed(from: [source[2], source[3]])
      return [
        Autodiff.resample(cotangent, transposed).sliced(start: [0, 0, 0, 0], size: source)
      ]
    case .concatenate(let axis):
      var start = [Int](repeating: 0, count: shape.rank)
      return operands.map { operand in
        defer { start[axis] += operand.shape[axis] }
        return cotangent.sliced(start: start, size: operand.shape)
      }
    default: return operands.map { _ in nil }
    }
  }

  // Each contraction is bilinear: its cotangents are contractions of the same family.
  private func contractionPullback(_ cotangent: Value, toOperand index: Int) -> Value {
    let (x, y) = (operand(0), operand(1))
    switch (node.primitive, index) {
    case (.matrixProduct(let first, let second), 0):
      return first
        ? Autodiff.matrixProduct(y, cotangent, transposeFirst: second, transposeSecond: true)
        : Autodiff.matrixProduct(cotangent, y, transposeSecond: !second)
    case (.matrixProduct(let first, let second), _):
      return second
        ? Autodiff.matrixProduct(cotangent, x, transposeFirst: true, transposeSecond: first)
        : Autodiff.matrixProduct(x, cotangent, transposeFirst: !first)
    case (.convolution(let window), 0):
      return Autodiff.convolutionDataGradient(cotangent, y, window, imageShape: x.shape)
    case (.convolution(let window), _):
      return Autodiff.convolutionWeightGradient(x, cotangent, window, weightShape: y.shape)
    case (.convolutionDataGradient(let window), 0):
      return Autodiff.convolution(cotangent, y, window)
    case (.convolutionDataGradient(let window), _):
      return Autodiff.convolutionWeightGradient(cotangent, x, window, weightShape: y.shape)
    case (.convolutionWeightGradient(let window), 0):
      return Autodiff.convolutionDataGradient(y, cotangent, window, imageShape: x.shape)
    case (.convolutionWeightGradient(let window), _):
      return Autodiff.convolution(x, cotangent, window)
    default: preconditionFailure("\(node.primitive) is no contraction")
    }
  }
}
