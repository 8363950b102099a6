import Autodiff
import Testing

@Suite struct GraphTests {
  @Test func equalComputationsAreOneNode() {
    let graph = Graph()
    let x = graph.input("x", [2, 3])
    let y = graph.input("y", [2, 3])
    func expression() -> Value { softmax(matrixProduct(x, y, transposeSecond: true), axis: 1) * 3 }
    let first = expression()
    let count = graph.nodes.count
    let second = expression()
    #expect(second.number == first.number)
    #expect(graph.nodes.count == count)
  }

  @Test func operandsOfCommutativeFunctionsHaveOneOrder() {
    let graph = Graph()
    let (x, y) = (graph.input("x", [2]), graph.input("y", [2]))
    for function in BinaryFunction.allCases {
      let isSame = apply(function, x, y).number == apply(function, y, x).number
      #expect(isSame == function.isCommutative)
    }
  }

  @Test func differentiatingTwiceAddsNothing() {
    let graph = Graph()
    let x = graph.input("x", [4])
    let loss = (tanh(x) * sin(x)).sum()
    let first = gradients(of: loss, at: [x])[0]
    let count = graph.nodes.count
    #expect(gradients(of: loss, at: [x])[0].number == first.number)
    #expect(graph.nodes.count == count)
  }

  @Test func operandsComeBeforeTheNodesThatUseThem() {
    let graph = Graph()
    let x = graph.input("x", [4])
    _ = gradients(of: sigmoid(x * x).sum(), at: [x])
    for (number, node) in graph.nodes.enumerated() {
      #expect(node.operands.allSatisfy { $0 < number })
    }
  }

  @Test func programKeepsOnlyWhatItsResultsNeed() {
    let graph = Graph()
    let x = graph.input("x", [2])
    _ = graph.input("unused", [2])
    let y = exp(x)
    _ = sin(y)
    let program = Program([("y", y), ("again", y)])
    #expect(program.nodes.count == 2)
    #expect(program.inputs.map(\.name) == ["x"])
    #expect(program.results.map(\.node) == [1, 1])
  }

  @Test func listingIsStable() {
    func program() -> Program {
      let graph = Graph()
      let x = graph.input("x", [2, 3])
      let w = graph.input("w", [3, 1])
      let loss = square(tanh(matrixProduct(x, w)) - 1).sum()
      return Program([("loss", loss), ("gradient/w", gradients(of: loss, at: [w])[0])])
    }
    let expected = """
      %0 = input "x" : [2, 3]
      %1 = input "w" : [3, 1]
      %2 = matrixProduct %0 %1 : [2, 1]
      %3 = tanh %2 : [2, 1]
      %4 = constant 1.0 : [2, 1]
      %5 = subtract %3 %4 : [2, 1]
      %6 = multiply %5 %5 : [2, 1]
      %7 = reduceSum[0] %6 : [1, 1]
      %8 = reshape %7 : []
      %9 = add %5 %5 : [2, 1]
      %10 = multiply %3 %3 : [2, 1]
      %11 = subtract %4 %10 : [2, 1]
      %12 = multiply %9 %11 : [2, 1]
      %13 = matrixProduct first^T %0 %12 : [3, 1]
      result loss = %8
      result gradient/w = %13
      """
    #expect(program().description == expected)
    #expect(program().description == program().description)
  }
}
