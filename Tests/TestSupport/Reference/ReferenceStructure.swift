import Autodiff

extension Node {
  /// The value of a primitive that moves, repeats or reduces elements.
  func structuralReference(_ operands: [[Double]], _ shapes: [Shape]) -> [Double] {
    let (x, source) = (operands[0], shapes[0])
    switch primitive {
    case .broadcast:
      let steps = zip(source.dimensions, source.strides).map { $0 == 1 ? 0 : $1 }
      return offsets(in: shape, strides: steps).map { x[$0] }
    case .transpose(let permutation):
      return offsets(in: shape, strides: permutation.map { source.strides[$0] }).map { x[$0] }
    case .slice(let start):
      return offsets(in: shape, strides: source.strides, start: start).map { x[$0] }
    case .reduceSum: return reduced(x, source, from: 0) { $0 + $1 }
    case .reduceMax: return reduced(x, source, from: -.infinity) { $0 > $1 ? $0 : $1 }
    case .pad(let start): return joined([(x, source, start)])
    case .concatenate(let axis):
      var start = [Int](repeating: 0, count: shape.rank)
      return joined(
        zip(operands, shapes).map { part, extents in
          defer { start[axis] += extents[axis] }
          return (part, extents, start)
        })
    default: return x
    }
  }

  private func reduced(
    _ x: [Double], _ source: Shape, from initial: Double, _ combine: (Double, Double) -> Double
  ) -> [Double] {
    var result = [Double](repeating: initial, count: shape.count)
    let steps = zip(shape.dimensions, shape.strides).map { $0 == 1 ? 0 : $1 }
    for (place, target) in offsets(in: source, strides: steps).enumerated() {
      result[target] = combine(result[target], x[place])
    }
    return result
  }

  // Boxes placed in a tensor of zeros.
  private func joined(_ parts: [(elements: [Double], shape: Shape, start: [Int])]) -> [Double] {
    var result = [Double](repeating: 0, count: shape.count)
    for part in parts {
      let targets = offsets(in: part.shape, strides: shape.strides, start: part.start)
      for (place, target) in targets.enumerated() { result[target] = part.elements[place] }
    }
    return result
  }
}

/// The offset of every element of a box, in row-major order, in a tensor with the given strides.
func offsets(in box: Shape, strides: [Int], start: [Int]? = nil) -> [Int] {
  let first = start.map { zip($0, strides).reduce(0) { $0 + $1.0 * $1.1 } } ?? 0
  if box.count == 0 { return [] }
  var result = [first]
  for (extent, stride) in zip(box.dimensions, strides) {
    var longer: [Int] = []
    longer.reserveCapacity(result.count * extent)
    for offset in result {
      for step in 0..<extent { longer.append(offset + step * stride) }
    }
    result = longer
  }
  return result
}
