import Autodiff

extension Node {
  /// The primitive's value for operands in row-major order.
  func referenceValue(_ operands: [[Double]], _ shapes: [Shape]) -> [Double] {
    switch primitive {
    case .input: preconditionFailure("inputs are bound, not computed")
    case .constant(let bits):
      [Double](repeating: Double(Float(bitPattern: bits)), count: shape.count)
    case .literal(let elements): elements.map(Double.init)
    case .unary(let function): operands[0].map(function.referenceValue)
    case .binary(let function): function.referenceValue(operands[0], operands[1])
    case .select:
      operands[0].indices.map { operands[0][$0] != 0 ? operands[1][$0] : operands[2][$0] }
    case .broadcast, .reduceSum, .reduceMax, .reshape, .transpose, .slice, .pad, .concatenate,
      .stopGradient:
      structuralReference(operands, shapes)
    case .gather, .scatterAdd: rowReference(operands, shapes)
    case .matrixProduct(let first, let second):
      matrixProductReference(operands, shapes, transposed: (first, second))
    case .convolution(let window), .convolutionDataGradient(let window),
      .convolutionWeightGradient(let window):
      convolutionReference(operands, shapes, window)
    case .resample(let filter): resampleReference(operands[0], shapes[0], filter)
    case .dropoutMask(let site, let rate): dropoutReference(operands[0], site: site, rate: rate)
    }
  }

  private func rowReference(_ operands: [[Double]], _ shapes: [Shape]) -> [Double] {
    let (source, indices, width) = (operands[0], operands[1], shape[1])
    var result = [Double](repeating: 0, count: shape.count)
    for (place, row) in indices.enumerated() {
      for column in 0..<width {
        if case .gather = primitive {
          result[place * width + column] = source[Int(row) * width + column]
        } else {
          result[Int(row) * width + column] += source[place * width + column]
        }
      }
    }
    return result
  }
}
