import Autodiff
import COpenBLAS

/// A batch of row-major matrix products on OpenBLAS.
///
/// Each product is `out[m, n] = op(a) op(b)` where `op(a)` is `[m, k]` (stored `[k, m]` if
/// transposed) and `op(b)` is `[k, n]` (stored `[n, k]` if transposed). A stride of 0 between the
/// matrices of a batch uses the same matrix for all of them.
struct MatrixProduct: Hashable, Sendable {
  var batch = 1
  var m: Int
  var n: Int
  var k: Int
  var transposesA = false
  var transposesB = false
  var strideA: Int
  var strideB: Int
  var strideOut: Int

  init(
    batch: Int = 1, m: Int, n: Int, k: Int, transposesA: Bool = false, transposesB: Bool = false,
    strideA: Int? = nil, strideB: Int? = nil
  ) {
    (self.batch, self.m, self.n, self.k) = (batch, m, n, k)
    (self.transposesA, self.transposesB) = (transposesA, transposesB)
    self.strideA = strideA ?? m * k
    self.strideB = strideB ?? k * n
    strideOut = m * n
  }

  /// Multiplications and additions, each counted as one operation.
  var floatingPointOperations: Int { 2 * batch * m * n * k }

  /// Computes all products; with `accumulates`, adds them to what `out` holds.
  func execute(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
    accumulates: Bool = false
  ) {
    OpenBLAS.useOneThread
    guard m > 0, n > 0 else { return }
    for index in 0..<batch {
      cblas_sgemm(
        CblasRowMajor, transposesA ? CblasTrans : CblasNoTrans,
        transposesB ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1,
        a + index * strideA, Int32(max(1, transposesA ? m : k)), b + index * strideB,
        Int32(max(1, transposesB ? k : n)), accumulates ? 1 : 0, out + index * strideOut, Int32(n))
    }
  }
}

extension MatrixProduct {
  /// The product that a node is; nil if it is none.
  init?(_ node: LoweredNode, _ nodes: [LoweredNode]) {
    guard case .kernel(.matrixProduct(let first, let second)) = node.operation else { return nil }
    let (left, shape) = (nodes[node.operands[0]].shape, node.shape)
    self.init(
      batch: shape.rank == 3 ? shape[0] : 1, m: shape[shape.rank - 2], n: shape[shape.rank - 1],
      k: left[left.rank - (first ? 2 : 1)], transposesA: first, transposesB: second)
  }
}

extension MatrixProduct: CustomStringConvertible {
  /// For example `32 x 64x256 * 256x256`; a prime marks an operand that is stored transposed.
  var description: String {
    "\(batch) x \(m)x\(k)\(transposesA ? "'" : "") * \(k)x\(n)\(transposesB ? "'" : "")"
  }
}

/// Settings of the BLAS library.
enum OpenBLAS {
  /// Parallelism is the trainer's own (ranks and replicas); reading this sets it once.
  static let useOneThread: Void = openblas_set_num_threads(1)

  /// The library's name, version and kernels, for example `OpenBLAS 0.3.21 … SkylakeX`.
  static var description: String { String(cString: openblas_get_config()) }
}
