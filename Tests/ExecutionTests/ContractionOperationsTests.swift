import Autodiff
import Execution
import Testing

@Suite struct ContractionOperationsTests {
  @Test func matrixProductsCountMultiplicationsAndAdditions() {
    let graph = Graph()
    let x = graph.input("x", [5, 3])
    let y = graph.input("y", [3, 7])
    let batch = graph.input("batch", [4, 6, 5])
    let product = matrixProduct(x, y)
    let transposed = matrixProduct(x, product, transposeFirst: true)
    let batched = matrixProduct(batch, batch, transposeSecond: true)
    let program = Program([("a", exp(product)), ("b", transposed), ("c", batched)])
    #expect(
      program.contractionOperations == 2 * (5 * 3 * 7) + 2 * (3 * 5 * 7) + 2 * 4 * (6 * 5 * 6))
  }

  @Test func convolutionsCountTheSameInAllDirections() {
    let graph = Graph()
    let images = graph.input("images", [2, 16, 8, 8])
    let weights = graph.input("weights", [32, 16, 3, 3])
    let window = ConvolutionWindow.same(kernel: 3)
    let forward = convolution(images, weights, window)
    let loss = square(forward).sum()
    let one = 2 * 2 * 32 * 16 * 9 * 8 * 8
    #expect(Program([("y", forward)]).contractionOperations == one)
    let gradients = gradients(of: loss, at: [images, weights])
    let program = Program([("loss", loss), ("x", gradients[0]), ("w", gradients[1])])
    #expect(program.contractionOperations == 3 * one)
  }
}
