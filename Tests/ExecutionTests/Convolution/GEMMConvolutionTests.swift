import Testing

@testable import Execution

@Suite struct GEMMConvolutionTests {
  @Test(arguments: ReferenceConvolution.geometries, ConvolutionDirection.allCases)
  func matchesTheDefinition(geometry: ConvolutionGeometry, direction: ConvolutionDirection) {
    let counts = geometry.counts(direction)
    let first = numbers(counts.first, seed: 1)
    let second = numbers(counts.second, seed: 2)
    var result = [Float](repeating: .nan, count: counts.result)
    let convolution = GEMMConvolution(geometry: geometry, direction: direction)
    var scratch = [Float](repeating: .nan, count: convolution.scratchCount)
    convolution.execute(first, second, into: &result, scratch: &scratch)
    let expected = ReferenceConvolution(geometry: geometry).result(direction, first, second)
    #expect(largestError(result, expected) < 2e-6)
  }
}
