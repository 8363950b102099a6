import Datasets

/// Examples of a data set at equal distances, for a measurement on a part of ordered examples.
struct EveryNth: Dataset {
  private let whole: any Dataset
  let count: Int

  init(_ whole: any Dataset, count: Int) {
    self.whole = whole
    self.count = min(count, whole.count)
  }

  var name: String { "\(count) of \(whole.name)" }
  var shape: [Int] { whole.shape }
  var classes: Int { whole.classes }

  func label(_ index: Int) -> Int { whole.label(place(index)) }

  func copyExample(
    _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
  ) {
    whole.copyExample(place(index), flipped: flipped, into: out)
  }

  private func place(_ index: Int) -> Int { index * whole.count / count }
}
