import Execution
import Scores

/// The compiled first pass of a step with a term that is a norm over the global batch.
///
/// It must run on the thread that made it, as the training program.
final class NormProgram {
  private let executable: Executable
  private let batch: MicroBatch

  /// Compiles the program.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - probes: The number of probes of the objective.
  ///   - weights: The weights that are read.
  ///   - options: Backends and algorithms for the program.
  /// - Throws: An error of a numerical library.
  init(
    _ program: ScalarNormProgram, probes: Int,
    weights: [String: UnsafeMutableBufferPointer<Float>], options: CompileOptions
  ) throws {
    let executable = try Executable(program.program, options: options, external: weights)
    self.executable = executable
    batch = MicroBatch(count: program.batch, probes: probes) {
      executable.hasInput($0) ? executable.input($0) : nil
    }
  }

  /// The sum of squares of some examples, one micro-batch after the other.
  ///
  /// - Parameters:
  ///   - examples: Inputs of the training program.
  ///   - start: The index of the first example in them.
  ///   - passes: The number of micro-batches.
  /// - Returns: The sum.
  /// - Throws: An error of a numerical library.
  func sumOfSquares(
    over examples: MicroBatch, startingAt start: Int, passes: Int
  ) throws -> Double {
    var sum = 0.0
    for pass in 0..<passes {
      batch.copy(from: examples, startingAt: start + pass * batch.count)
      try executable.run()
      sum += executable.result("squares").reduce(0) { $0 + Double($1) }
    }
    return sum
  }

  /// Bytes of intermediate tensors and of what kernels need beside them.
  var workBytes: Int { executable.arenaBytes + executable.scratchBytes }
}
