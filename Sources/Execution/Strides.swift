import Autodiff

extension Domain {
  /// The extents of the domain's axes in the order of memory, the channel block last if blocked.
  var extents: [Int] {
    guard layout == .blocked else { return shape.dimensions }
    return [
      shape[0], shape[1] / ActivationLayout.lanes, shape[2], shape[3], ActivationLayout.lanes,
    ]
  }

  /// How far apart in memory neighbours along each of `extents` are, 0 where the tensor repeats.
  ///
  /// - Parameters:
  ///   - tensor: A shape with the domain's rank and extents, or 1.
  ///   - memory: The tensor's layout.
  /// - Returns: One stride for each of `extents`.
  func strides(of tensor: Shape, _ memory: ActivationLayout) -> [Int] {
    if layout == .plain {
      precondition(memory == .plain || !tensor.isBlockable, "blocked memory in a plain domain")
      return zip(tensor.strides, tensor.dimensions).map { $1 == 1 ? 0 : $0 }
    }
    let (n, c, h, w) = (tensor[0], tensor[1], tensor[2], tensor[3])
    let block = ActivationLayout.lanes
    let strides: [Int]
    if memory == .blocked {
      strides = [c * h * w, block * h * w, w * block, block, 1]
    } else {
      precondition(c == 1 || h * w == 1, "row-major \(tensor) in a blocked domain")
      strides = [c * h * w, block, w, 1, 1]
    }
    let extents = [n, c, h, w, c]
    return zip(strides, extents).map { $1 == 1 ? 0 : $0 }
  }
}
