import Networks
import Testing

@Suite struct InitializationTests {
  @Test func varianceScalingHasTheVarianceOverTheMeanFan() {
    let values = Initialization.uniformVarianceScaling(scale: 2, fanIn: 30, fanOut: 50)
      .values(count: 100_000, seed: 1, parameterIndex: 0).map(Double.init)
    let variance = values.reduce(0) { $0 + $1 * $1 } / 1e5
    // The relative standard error of the variance of a uniform sample is sqrt(0.8 / count).
    #expect(abs(variance / 0.05 - 1) < 5 * (0.8 / 1e5).squareRoot())
    let bound = 0.15.squareRoot()
    #expect(values.allSatisfy { abs($0) <= bound * 1.000_001 })
    #expect((values.max() ?? 0) > 0.999 * bound && (values.min() ?? 0) < -0.999 * bound)
  }

  @Test func normalHasTheAskedDeviation() {
    let values = Initialization.normal(standardDeviation: 16)
      .values(count: 100_000, seed: 1, parameterIndex: 3).map(Double.init)
    let variance = values.reduce(0) { $0 + $1 * $1 } / 1e5
    #expect(abs(variance / 256 - 1) < 5 * (2 / 1e5).squareRoot())
  }

  @Test func scaleZeroStandsForANearlySilentLayer() {
    let zero = Initialization.uniformVarianceScaling(scale: 0, fanIn: 4, fanOut: 4)
    let tiny = Initialization.uniformVarianceScaling(scale: 1e-10, fanIn: 4, fanOut: 4)
    #expect(
      zero.values(count: 9, seed: 7, parameterIndex: 2)
        == tiny.values(count: 9, seed: 7, parameterIndex: 2))
  }

  @Test func denseLayersOfPyTorchAreBoundedByTheirFan() {
    #expect(Initialization.uniform(fanIn: 64) == .uniform(bound: 0.125))
  }

  @Test func tensorsOfOneSeedDifferAndRepeat() {
    let start = Initialization.uniform(bound: 1)
    let first = start.values(count: 16, seed: 9, parameterIndex: 0)
    #expect(first == start.values(count: 16, seed: 9, parameterIndex: 0))
    #expect(first != start.values(count: 16, seed: 9, parameterIndex: 1))
    #expect(first != start.values(count: 16, seed: 10, parameterIndex: 0))
  }
}
