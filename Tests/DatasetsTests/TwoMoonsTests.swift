import Datasets
import Testing

@Suite struct TwoMoonsTests {
  private let moons = TwoMoons()

  @Test func crescentsHaveThePublishedExtentAndCentroids() {
    #expect(moons.count == 10_000)
    let classes = (0..<2).map { label in
      (0..<moons.count).filter { moons.label($0) == label }.map { moons.example($0) }
    }
    #expect(classes.map(\.count) == [5000, 5000])
    let centroids = classes.map { points in
      points.reduce((0.0, 0.0)) { ($0.0 + Double($1[0]) / 5000, $0.1 + Double($1[1]) / 5000) }
    }
    #expect(abs(centroids[0].0 + 10) < 1e-3 && abs(centroids[0].1 - 7.73) < 1e-2)
    #expect(abs(centroids[1].0 - 10) < 1e-3 && abs(centroids[1].1 + 7.73) < 1e-2)
    let (x, y) = (classes.joined().map { $0[0] }, classes.joined().map { $0[1] })
    #expect(x.min() == -30 && x.max() == 30)
    #expect(abs((y.min() ?? 0) + 15) < 1e-5 && abs((y.max() ?? 0) - 15) < 1e-5)
  }

  @Test func pointsLieOnTheHalfCircles() {
    for index in stride(from: 0, to: moons.count, by: 997) {
      let point = moons.example(index)
      let isUpper = moons.label(index) == 0
      let (x, y) = (Double(point[0]) + (isUpper ? 10 : -10), Double(point[1]) + (isUpper ? 5 : -5))
      #expect(abs((x * x + y * y).squareRoot() - 20) < 1e-4)
      #expect(isUpper ? y >= -1e-5 : y <= 1e-5)
    }
  }

  @Test(arguments: [0, 1]) func aViewHasOneClassOnly(_ label: Int) throws {
    let view = try ClassView(moons, only: label)
    #expect(view.count == 5000)
    #expect(view.name == "moons, class \(label)")
    #expect((0..<view.count).allSatisfy { view.label($0) == label })
    #expect(view.example(17) == moons.example(17 + 5000 * label))
  }

  @Test func aViewOfAnUnknownClassIsAnError() {
    #expect(throws: DatasetError.self) { try ClassView(moons, only: 2) }
    let unlabelled = ToyDensity(.spirals, count: 4, seed: 1)
    #expect(throws: DatasetError.self) { try ClassView(unlabelled, only: 0) }
  }
}
