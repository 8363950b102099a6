@testable import Execution

/// The three maps of a convolution by their definition, in double precision.
struct ReferenceConvolution {
  let geometry: ConvolutionGeometry

  /// Calls back with the indices of x, w and y of each product in the defining sum.
  private func forEachProduct(_ body: (Int, Int, Int) -> Void) {
    let g = geometry
    for n in 0..<g.batch {
      for o in 0..<g.outChannels {
        for c in 0..<g.inChannels {
          for oy in 0..<g.outHeight {
            for ky in 0..<g.kernelHeight {
              let y = oy * g.stride + ky - g.padLow
              guard 0..<g.inHeight ~= y else { continue }
              for ox in 0..<g.outWidth {
                for kx in 0..<g.kernelWidth {
                  let x = ox * g.stride + kx - g.padLow
                  guard 0..<g.inWidth ~= x else { continue }
                  body(
                    ((n * g.inChannels + c) * g.inHeight + y) * g.inWidth + x,
                    ((o * g.inChannels + c) * g.kernelHeight + ky) * g.kernelWidth + kx,
                    ((n * g.outChannels + o) * g.outHeight + oy) * g.outWidth + ox)
                }
              }
            }
          }
        }
      }
    }
  }

  func result(_ direction: ConvolutionDirection, _ first: [Float], _ second: [Float]) -> [Double] {
    var sum = [Double](repeating: 0, count: geometry.counts(direction).result)
    sum.withUnsafeMutableBufferPointer { sum in
      first.withUnsafeBufferPointer { a in
        second.withUnsafeBufferPointer { b in
          switch direction {
          case .forward: forEachProduct { x, w, y in sum[y] += Double(a[x]) * Double(b[w]) }
          case .dataGradient: forEachProduct { x, w, y in sum[x] += Double(a[y]) * Double(b[w]) }
          case .weightGradient: forEachProduct { x, w, y in sum[w] += Double(a[x]) * Double(b[y]) }
          }
        }
      }
    }
    return sum
  }

  /// Strides 1 and 2, kernels 1 and 3, channels that fill blocks and channels that do not.
  static let geometries: [ConvolutionGeometry] = {
    var all: [ConvolutionGeometry] = []
    for (inChannels, outChannels) in [
      (1, 16), (3, 32), (16, 48), (32, 3), (48, 1), (3, 1), (4, 32),
    ] {
      for (kernel, stride, low, high) in [(3, 1, 1, 1), (1, 1, 0, 0), (3, 2, 0, 1), (3, 2, 1, 1)] {
        all.append(
          ConvolutionGeometry(
            batch: 2, inChannels: inChannels, outChannels: outChannels, inHeight: 8, inWidth: 10,
            kernelHeight: kernel, kernelWidth: kernel, stride: stride, padLow: low, padHigh: high))
      }
    }
    return all
  }()
}

extension ConvolutionGeometry {
  func counts(_ direction: ConvolutionDirection) -> (first: Int, second: Int, result: Int) {
    switch direction {
    case .forward: (inCount, weightCount, outCount)
    case .dataGradient: (outCount, weightCount, inCount)
    case .weightGradient: (inCount, outCount, weightCount)
    }
  }
}

/// Numbers in [-1, 1] that depend on the seed only.
func numbers(_ count: Int, seed: UInt64) -> [Float] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
  }
}

/// The largest difference in units of the largest expected magnitude.
func largestError(_ found: [Float], _ expected: [Double]) -> Double {
  let scale = expected.reduce(1e-30) { max($0, abs($1)) }
  return zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } / scale
}
