import Datasets
import Randomness

/// Examples of any shape with elements uniform on [0, 1) and labels in turn, for benchmarks.
struct RandomExamples: Dataset {
  let name = "random examples"
  let count: Int
  let shape: [Int]
  let classes: Int
  private let elements: [Float]

  init(count: Int, shape: [Int], classes: Int = 0, seed: UInt64) {
    self.count = count
    self.shape = shape
    self.classes = classes
    elements = RandomStream(seed: seed, purpose: .diagnostics)
      .uniform(count: count * shape.reduce(1, *))
  }

  func label(_ index: Int) -> Int { index % classes }

  func copyExample(_ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>) {
    let size = exampleSize
    elements.withUnsafeBufferPointer { elements in
      _ = out.update(fromContentsOf: elements[index * size..<(index + 1) * size])
    }
  }
}
