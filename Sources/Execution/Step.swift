import Autodiff

/// Something an executable does on memory that was assigned when it was compiled.
protocol Step: AnyObject {
  /// A short name for the profile, equal for steps of one kind.
  var kind: String { get }
  /// Multiplications and additions of one execution, 0 where memory is what counts.
  var floatingPointOperations: Int { get }
  /// Does the work on the memory that was assigned.
  ///
  /// - Parameter run: The number of the run; packed weights are refreshed once in each.
  /// - Throws: An error of a numerical library.
  func execute(run: Int) throws
}

extension Step {
  var floatingPointOperations: Int { 0 }
}

/// A step with what a profile tells about it.
struct PlannedStep {
  let step: any Step
  /// The extents that it works on.
  let detail: String
  /// Bytes of the tensors that it reads and writes, each counted once.
  let byteCount: Int

  init(_ step: any Step, detail: String, tensors: [Shape]) {
    self.step = step
    self.detail = detail
    byteCount = tensors.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride
  }
}
