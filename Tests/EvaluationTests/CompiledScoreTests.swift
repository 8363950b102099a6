import Evaluation
import Scores
import Testing

@Suite struct CompiledScoreTests {
  private let matrix: [Float] = [1, 2, -1, 0.5, -3, 2, 0, 1, 4]
  private let states = (0..<30).map { Float($0 % 7) - 3 }

  private func product(_ vector: ArraySlice<Float>) -> [Float] {
    (0..<3).map { row in
      zip(matrix[3 * row..<3 * row + 3], vector).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  @Test(arguments: [1, 4, 10, 16])
  func batchesOfAnySizeGoThroughTheProgram(batch: Int) throws {
    let (model, weights) = try LinearField.model(matrix)
    let compiled = try CompiledScore(model, weights: weights, batch: batch)
    var scores = [Float](repeating: 0, count: states.count)
    try compiled.score(states, 0.5, &scores)
    #expect(compiled.runs == (10 + batch - 1) / batch)
    for row in 0..<10 {
      #expect(Array(scores[3 * row..<3 * row + 3]) == product(states[3 * row..<3 * row + 3]))
    }
  }

  @Test func divergenceIsTheTraceOfTheMatrix() throws {
    let (model, weights) = try LinearField.model(matrix)
    let compiled = try CompiledScore(model, weights: weights, batch: 4, with: .divergence)
    var scores = [Float](repeating: 0, count: states.count)
    var divergences = [Double](repeating: 0, count: 10)
    try compiled.divergence(states, 0.5, &scores, &divergences)
    #expect(divergences == [Double](repeating: 2, count: 10))
  }

  @Test func productIsTheMatrixTimesTheTangent() throws {
    let (model, weights) = try LinearField.model(matrix)
    let compiled = try CompiledScore(model, weights: weights, batch: 4, with: .product)
    let tangents = states.reversed().map { $0 + 1 }
    var scores = [Float](repeating: 0, count: states.count)
    var products = scores
    try compiled.product(states, 0.5, tangents, &scores, &products)
    for row in 0..<10 {
      #expect(
        Array(products[3 * row..<3 * row + 3]) == product(tangents[3 * row..<3 * row + 3]))
    }
  }

  @Test func changedWeightsCount() throws {
    let (model, weights) = try LinearField.model(matrix)
    let compiled = try CompiledScore(model, weights: weights, batch: 10)
    weights.values["A"]?.update(repeating: 0)
    var scores = [Float](repeating: 1, count: states.count)
    try compiled.score(states, 0.5, &scores)
    #expect(scores.allSatisfy { $0 == 0 })
  }
}
