import Autodiff
import Execution
import Testing

/// Inputs and results that a caller may change while a program runs.
@Suite struct FirstUseTests {
  private func executable() throws -> Executable {
    let graph = Graph()
    let x = graph.input("x", [4, 16])
    let weights = ["first", "second"].map { graph.input($0, [16, 16]) }
    var value = x
    for weight in weights { value = tanh(matrixProduct(value, weight)) }
    return try Executable(Program([("value", value), ("constant", graph.constant(2, [16]))]))
  }

  private func values(_ seed: Int) -> [Float] {
    (0..<256).map { Float(($0 * 7 + seed) % 23) / 80 }
  }

  @Test func inputsMayChangeUntilTheirFirstUse() throws {
    let names = ["first", "second"]
    func filled() throws -> Executable {
      let executable = try executable()
      executable.setInput("x", to: (0..<64).map { Float($0) / 64 })
      return executable
    }
    let expected = try filled()
    for (seed, name) in names.enumerated() { expected.setInput(name, to: values(seed)) }
    try expected.run()
    let late = try filled()
    // The second run must not use what the first one has made of the inputs.
    for _ in 0..<2 {
      for name in names { late.setInput(name, to: [Float](repeating: .nan, count: 256)) }
      try late.run(prelude: { steps in
        for (seed, name) in names.enumerated() where late.firstUse(of: name) == steps {
          late.setInput(name, to: values(seed))
        }
      })
      #expect(Array(late.result("value")) == Array(expected.result("value")))
    }
    #expect(late.firstUse(of: "first") < late.firstUse(of: "second"))
    #expect(late.firstUse(of: "second") < late.completion(of: "value"))
  }

  @Test func resultsAreUntouchedUntilTheirFirstUse() throws {
    let executable = try executable()
    #expect(executable.firstUse(of: "value") == executable.completion(of: "value") - 1)
    #expect(executable.firstUse(of: "nothing") == executable.stepCount)
  }

  @Test func theEstimateOfTimeRisesToTheWhole() throws {
    let executable = try executable()
    let shares = (0...executable.stepCount + 1).map { executable.timeShare(afterSteps: $0) }
    #expect(shares.first == 0 && shares.last == 1)
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(shares[executable.stepCount] == 1 && shares[1] < 1)
  }
}
