import Autodiff
import Execution

/// A computation on whole numbers so small that single precision computes it without rounding, with
/// its result in closed form.
struct KnownResult {
  /// Multiplications and additions.
  let operations: Int

  private let program: Program
  private let inputs: [String: [Float]]
  private let expected: [Float]

  /// Compiles the computation and fills its inputs.
  func compiled(_ options: CompileOptions) throws -> Executable {
    let executable = try Executable(program, options: options)
    for (name, values) in inputs { executable.setInput(name, to: values) }
    return executable
  }

  /// The first element that is not as it should be; nil if all are.
  func mistake(in executable: Executable) -> String? {
    let found = executable.result("result")
    guard let index = expected.indices.first(where: { found[$0] != expected[$0] }) else {
      return nil
    }
    return "element \(index) is \(found[index]), expected \(expected[index])"
  }

  /// `C[i, j] = sum over k of (u[i] + v[k]) (w[k] + z[j])`, 256 x 256 x 256.
  ///
  /// It takes about a millisecond, so that some repetitions go through undisturbed on a busy machine.
  static let matrixProduct: KnownResult = {
    let n = 256
    let (u, v) = ((0..<n).map { $0 % 5 - 2 }, (0..<n).map { $0 % 3 })
    let (w, z) = ((0..<n).map { $0 % 4 - 1 }, (0..<n).map { $0 % 7 - 3 })
    let (sumV, sumW) = (v.reduce(0, +), w.reduce(0, +))
    let sumVW = zip(v, w).reduce(0) { $0 + $1.0 * $1.1 }
    let graph = Graph()
    let (a, b) = (graph.input("a", [n, n]), graph.input("b", [n, n]))
    return KnownResult(
      operations: 2 * n * n * n, program: Program([("result", Autodiff.matrixProduct(a, b))]),
      inputs: [
        "a": u.flatMap { row in v.map { Float(row + $0) } },
        "b": w.flatMap { row in z.map { Float(row + $0) } },
      ],
      expected: u.flatMap { row in
        z.map { column in Float(row * sumW + row * column * n + sumVW + column * sumV) }
      })
  }()

  /// A 3 x 3 convolution of 4 images of 32 x 32 pixels from 64 to 64 channels, with a border of zeros,
  /// of `x[n, c, y, .] = p[c] + n + y` with `k[o, c, ., .] = s[o] + t[c]`.
  static let convolution: KnownResult = {
    let (count, channels, size) = (4, 64, 32)
    let (p, t) = ((0..<channels).map { $0 % 3 }, (0..<channels).map { $0 % 5 - 2 })
    let s = (0..<channels).map { $0 % 4 - 1 }
    let graph = Graph()
    let images = graph.input("images", [count, channels, size, size])
    let weights = graph.input("weights", [channels, channels, 3, 3])
    // The taps that do not fall on the border, for each row or column.
    let taps = (0..<size).map { max(0, $0 - 1)...min(size - 1, $0 + 1) }
    var expected: [Float] = []
    for image in 0..<count {
      for out in 0..<channels {
        let products = (0..<channels).reduce(0) { $0 + (p[$1] + image) * (s[out] + t[$1]) }
        let sum = t.reduce(0, +) + channels * s[out]
        for row in taps {
          let column = row.count * products + sum * row.reduce(0, +)
          expected += taps.map { Float($0.count * column) }
        }
      }
    }
    return KnownResult(
      operations: 2 * count * channels * channels * size * size * 9,
      program: Program([
        ("result", Autodiff.convolution(images, weights, .same(kernel: 3)))
      ]),
      inputs: [
        "images": (0..<count).flatMap { image in
          p.flatMap { channel in
            (0..<size).flatMap { [Float](repeating: Float(channel + image + $0), count: size) }
          }
        },
        "weights": s.flatMap { out in
          t.flatMap { [Float](repeating: Float(out + $0), count: 9) }
        },
      ], expected: expected)
  }()
}
