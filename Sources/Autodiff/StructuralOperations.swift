extension Value {
  /// Repeats the value along its axes of extent 1.
  public func broadcast(to target: Shape) -> Value {
    if shape == target { return self }
    precondition(shape.canBroadcast(to: target), "cannot broadcast \(shape) to \(target)")
    if let value = constantValue { return graph.constant(value, target) }
    if case .broadcast = node.primitive { return operand(0).broadcast(to: target) }
    return graph.intern(.broadcast, [number], target)
  }

  /// The same elements, in row-major order, under another shape of as many elements.
  public func reshaped(to target: Shape) -> Value {
    if shape == target { return self }
    precondition(shape.count == target.count, "cannot reshape \(shape) to \(target)")
    if let value = constantValue { return graph.constant(value, target) }
    if case .reshape = node.primitive { return operand(0).reshaped(to: target) }
    return graph.intern(.reshape, [number], target)
  }

  /// Moves axis `permutation[i]` to place `i`.
  public func transposed(_ permutation: [Int]) -> Value {
    precondition(
      permutation.sorted() == Array(0..<shape.rank), "\(permutation) does not permute \(shape)")
    if permutation == Array(0..<shape.rank) { return self }
    let target = Shape(permutation.map { shape[$0] })
    if let value = constantValue { return graph.constant(value, target) }
    if case .transpose(let inner) = node.primitive {
      return operand(0).transposed(permutation.map { inner[$0] })
    }
    return graph.intern(.transpose(permutation: permutation), [number], target)
  }

  /// The box of extent `size` that begins at `start`.
  public func sliced(start: [Int], size: Shape) -> Value {
    if size == shape { return self }
    precondition(
      start.count == shape.rank && size.rank == shape.rank
        && shape.dimensions.indices.allSatisfy {
          start[$0] >= 0 && start[$0] + size[$0] <= shape[$0]
        },
      "slice of \(size) from \(start) is outside \(shape)")
    if let value = constantValue { return graph.constant(value, size) }
    if case .pad(let offset) = node.primitive, offset == start, operand(0).shape == size {
      return operand(0)
    }
    if case .concatenate(let axis) = node.primitive,
      let part = concatenatedPart(axis: axis, start: start, size: size)
    {
      return part
    }
    return graph.intern(.slice(start: start), [number], size)
  }

  /// Places the value in a tensor of zeros of shape `target`, beginning at `start`.
  public func padded(start: [Int], to target: Shape) -> Value {
    if target == shape { return self }
    precondition(
      target.rank == shape.rank
        && shape.dimensions.indices.allSatisfy {
          start[$0] >= 0 && start[$0] + shape[$0] <= target[$0]
        },
      "\(shape) at \(start) is outside \(target)")
    if isZero { return graph.constant(0, target) }
    return graph.intern(.pad(start: start), [number], target)
  }

  /// The sum over some axes; these stay with extent 1 unless dropped.
  public func sum(_ axes: [Int], droppingAxes: Bool = false) -> Value {
    let result = reducedSum(axes.filter { shape[$0] != 1 }.sorted())
    return droppingAxes ? result.droppingAxes(axes) : result
  }

  /// The sum of all elements, a scalar.
  public func sum() -> Value {
    sum(Array(0..<shape.rank)).reshaped(to: [])
  }

  /// The mean over some axes; these stay with extent 1 unless dropped.
  public func mean(_ axes: [Int], droppingAxes: Bool = false) -> Value {
    let count = axes.reduce(1) { $0 * shape[$1] }
    return sum(axes, droppingAxes: droppingAxes) * (1 / Float(count))
  }

  /// The mean of all elements, a scalar.
  public func mean() -> Value { sum() * (1 / Float(shape.count)) }

  /// The largest element over some axes, which stay with extent 1; treated as a constant when
  /// differentiated.
  public func constantMaximum(_ axes: [Int]) -> Value {
    graph.intern(.reduceMax(axes: axes.sorted()), [number], shape.reducing(axes))
  }

  /// The value, treated as a constant when differentiated.
  public var stoppingGradient: Value {
    if constantValue != nil { return self }
    if case .stopGradient = node.primitive { return self }
    return graph.intern(.stopGradient, [number], shape)
  }

  func droppingAxes(_ axes: [Int]) -> Value {
    reshaped(to: Shape(shape.dimensions.indices.filter { !axes.contains($0) }.map { shape[$0] }))
  }

  private func reducedSum(_ axes: [Int]) -> Value {
    if axes.isEmpty { return self }
    let target = shape.reducing(axes)
    let repetitions = Float(axes.reduce(1) { $0 * shape[$1] })
    if let value = constantValue { return graph.constant(value * repetitions, target) }
    switch node.primitive {
    case .broadcast:
      let source = operand(0)
      let repeated = source.shape.axesRepeated(to: shape)
      let extent = Float(axes.filter(repeated.contains).reduce(1) { $0 * shape[$1] })
      if extent > 1 {
        return (source.sum(axes.filter { !repeated.contains($0) }) * extent).broadcast(to: target)
      }
    case .unary(.negate):
      return -operand(0).reducedSum(axes)
    case .binary(.multiply):
      for (factor, rest) in [(0, 1), (1, 0)] {
        if let common = operand(factor).factor(constantAlong: axes) {
          return operand(rest).reducedSum(axes) * common
        }
      }
    case .reduceSum(let inner):
      return operand(0).reducedSum((axes + inner).sorted())
    default: break
    }
    return graph.intern(.reduceSum(axes: axes), [number], target)
  }

  // The value with the given axes at extent 1, if it does not vary along them.
  private func factor(constantAlong axes: [Int]) -> Value? {
    let target = shape.reducing(axes)
    if let value = constantValue { return graph.constant(value, target) }
    guard case .broadcast = node.primitive, operand(0).shape.canBroadcast(to: target) else {
      return nil
    }
    return operand(0).broadcast(to: target)
  }

  private func concatenatedPart(axis: Int, start: [Int], size: Shape) -> Value? {
    var begin = 0
    for index in node.operands.indices {
      let part = operand(index)
      let end = begin + part.shape[axis]
      if start[axis] >= begin && start[axis] + size[axis] <= end {
        var inner = start
        inner[axis] -= begin
        return part.sliced(start: inner, size: size)
      }
      begin = end
    }
    return nil
  }
}

/// Joins values along an axis; their other extents must be equal.
public func concatenate(_ values: [Value], axis: Int) -> Value {
  precondition(!values.isEmpty, "nothing to concatenate")
  if values.count == 1 { return values[0] }
  var extents = values[0].shape.dimensions
  for value in values.dropFirst() {
    precondition(
      value.shape.rank == extents.count
        && extents.indices.allSatisfy { $0 == axis || value.shape[$0] == extents[$0] },
      "cannot concatenate \(values.map(\.shape)) along axis \(axis)")
    extents[axis] += value.shape[axis]
  }
  let graph = values[0].graph
  if values.allSatisfy(\.isZero) { return graph.constant(0, Shape(extents)) }
  return graph.intern(.concatenate(axis: axis), values.map(\.number), Shape(extents))
}

/// The sum of two values in zeros that lie side by side, as one value in zeros.
///
/// Such sums come from the derivatives of slices: those of all parts of a tensor are one tensor.
func joinedPads(_ x: Value, _ y: Value) -> Value? {
  guard case .pad(let first) = x.node.primitive, case .pad(let second) = y.node.primitive else {
    return nil
  }
  let (a, b) = (x.operand(0), y.operand(0))
  let axes = first.indices.filter { first[$0] != second[$0] }
  guard axes.count == 1, let axis = axes.first,
    first.indices.allSatisfy({ $0 == axis || a.shape[$0] == b.shape[$0] })
  else { return nil }
  if first[axis] + a.shape[axis] == second[axis] {
    return concatenate(a.parts(axis) + b.parts(axis), axis: axis).padded(start: first, to: x.shape)
  }
  if second[axis] + b.shape[axis] == first[axis] {
    return concatenate(b.parts(axis) + a.parts(axis), axis: axis).padded(start: second, to: x.shape)
  }
  return nil
}

extension Value {
  // What was joined along the axis, or the value itself.
  fileprivate func parts(_ axis: Int) -> [Value] {
    guard case .concatenate(axis) = node.primitive else { return [self] }
    return node.operands.indices.map { operand($0) }
  }
}
