import Autodiff
import Execution

extension Executable {
  /// Fills the first rows of an input, one for each example.
  ///
  /// - Parameters:
  ///   - name: The name of the input, `[B]` followed by an example's shape.
  ///   - examples: The numbers of the examples, at most B.
  ///   - body: Fills the row of an example.
  func fill(
    _ name: String, _ examples: Range<Int>,
    _ body: (Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    let whole = input(name)
    let batch = program.inputs.first { $0.name == name }?.shape[0] ?? 1
    let width = whole.count / batch
    for (row, example) in examples.enumerated() {
      body(example, UnsafeMutableBufferPointer(rebasing: whole[row * width..<(row + 1) * width]))
    }
  }
}
