import Autodiff

extension Node {
  /// The value of a matrix product or of a batch of them.
  func matrixProductReference(
    _ operands: [[Double]], _ shapes: [Shape], transposed: (Bool, Bool)
  ) -> [Double] {
    let (x, y) = (operands[0], operands[1])
    let rank = shape.rank
    let (m, n) = (shape[rank - 2], shape[rank - 1])
    let inner = shapes[0][transposed.0 ? rank - 2 : rank - 1]
    let (rowStep, innerStepX) = transposed.0 ? (1, m) : (inner, 1)
    let (innerStepY, columnStep) = transposed.1 ? (1, inner) : (n, 1)
    var result = [Double](repeating: 0, count: shape.count)
    for batch in 0..<(rank == 3 ? shape[0] : 1) {
      let (originX, originY, origin) = (batch * m * inner, batch * inner * n, batch * m * n)
      for row in 0..<m {
        for k in 0..<inner {
          let factor = x[originX + row * rowStep + k * innerStepX]
          for column in 0..<n {
            result[origin + row * n + column] +=
              factor * y[originY + k * innerStepY + column * columnStep]
          }
        }
      }
    }
    return result
  }

  /// The value of a convolution or of one of its transposes.
  func convolutionReference(
    _ operands: [[Double]], _ shapes: [Shape], _ window: ConvolutionWindow
  ) -> [Double] {
    let (first, second) = (operands[0], operands[1])
    var result = [Double](repeating: 0, count: shape.count)
    switch primitive {
    case .convolution:
      let loop = ConvolutionLoop(image: shapes[0], kernel: shapes[1], map: shape, window)
      loop.forEach { image, kernel, map in result[map] += first[image] * second[kernel] }
    case .convolutionDataGradient:
      let loop = ConvolutionLoop(image: shape, kernel: shapes[1], map: shapes[0], window)
      loop.forEach { image, kernel, map in result[image] += first[map] * second[kernel] }
    default:
      let loop = ConvolutionLoop(image: shapes[0], kernel: shape, map: shapes[1], window)
      loop.forEach { image, kernel, map in result[kernel] += first[image] * second[map] }
    }
    return result
  }

  /// The value of a resampling: zero insertion, padding, convolution and decimation by definition.
  func resampleReference(_ x: [Double], _ source: Shape, _ filter: ResamplingFilter) -> [Double] {
    var result = [Double](repeating: 0, count: shape.count)
    let rows = filter.weights(from: source[2], to: shape[2])
    let columns = filter.weights(from: source[3], to: shape[3])
    for plane in 0..<(source[0] * source[1]) {
      for row in rows {
        for column in columns {
          result[(plane * shape[2] + row.output) * shape[3] + column.output] +=
            row.weight * column.weight
            * x[(plane * source[2] + row.input) * source[3] + column.input]
        }
      }
    }
    return result
  }
}

/// Every product that a convolution adds, as offsets into image, kernel and output map.
private struct ConvolutionLoop {
  let image: Shape
  let kernel: Shape
  let map: Shape
  let window: ConvolutionWindow

  init(image: Shape, kernel: Shape, map: Shape, _ window: ConvolutionWindow) {
    (self.image, self.kernel, self.map, self.window) = (image, kernel, map, window)
  }

  @inline(__always)
  func forEach(_ body: (_ image: Int, _ kernel: Int, _ map: Int) -> Void) {
    let rows = taps(axis: 2)
    let columns = taps(axis: 3)
    for example in 0..<image[0] {
      for (output, input) in pairs(kernel[0], kernel[1]) {
        let imagePlane = (example * image[1] + input) * image[2]
        let kernelPlane = (output * kernel[1] + input) * kernel[2]
        let mapPlane = (example * map[1] + output) * map[2]
        for row in rows {
          let imageRow = (imagePlane + row.image) * image[3]
          let kernelRow = (kernelPlane + row.kernel) * kernel[3]
          let mapRow = (mapPlane + row.map) * map[3]
          for column in columns {
            body(imageRow + column.image, kernelRow + column.kernel, mapRow + column.map)
          }
        }
      }
    }
  }

  private func taps(axis: Int) -> [(image: Int, kernel: Int, map: Int)] {
    pairs(map[axis], kernel[axis]).compactMap { place, tap in
      let position = place * window.stride + tap - window.padLow
      return (0..<image[axis]).contains(position) ? (position, tap, place) : nil
    }
  }

  private func pairs(_ first: Int, _ second: Int) -> [(Int, Int)] {
    (0..<first).flatMap { a in (0..<second).map { (a, $0) } }
  }
}

extension ResamplingFilter {
  /// The non-zero entries of the filter's matrix along one axis.
  fileprivate func weights(
    from extent: Int, to target: Int
  ) -> [(output: Int, input: Int, weight: Double)] {
    (0..<target).flatMap { output in
      taps.indices.compactMap { tap in
        let position = output * down + taps.count - 1 - tap - padLow
        guard position >= 0, position % up == 0, position / up < extent else { return nil }
        return (output, position / up, Double(taps[tap]))
      }
    }
  }
}
