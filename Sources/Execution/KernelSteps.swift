import Autodiff
import CVectorKernels

/// Where a kernel's operands and result lie.
struct KernelMemory {
  let operands: [UnsafeMutablePointer<Float>]
  let result: UnsafeMutablePointer<Float>
  /// Whether the kernel adds to the values that are there.
  var accumulates = false
}

/// A kernel given by a closure over assigned memory.
final class ClosureStep: Step {
  let kind: String
  let floatingPointOperations: Int
  private let body: () -> Void

  init(_ kind: String, floatingPointOperations: Int = 0, _ body: @escaping () -> Void) {
    self.kind = kind
    self.floatingPointOperations = floatingPointOperations
    self.body = body
  }

  func execute(run: Int) { body() }
}
