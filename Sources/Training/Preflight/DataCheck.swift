import Checkpoints
import Datasets
import MPI

/// Whether all ranks read the same training examples.
struct DataCheck: PreflightCheck {
  let name = "data"

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    let begin = ContinuousClock.now
    let (text, failures) = try context.world.attempt { try describe(context) }
    let seconds = try context.world.allReduce(
      (ContinuousClock.now - begin) / .seconds(1), by: .maximum)
    finding.fail(failures, context)
    let texts = try context.world.allGatherStrings((text ?? nil) ?? "")
    // Ranks without settings are told by the check of these.
    let known = texts.filter { !$0.isEmpty }.majority.value
    guard !known.isEmpty else {
      if failures.isEmpty { finding.skip("no settings") }
      return finding
    }
    finding.figure = "\(known), read in \(Quantity.time(seconds))"
    for line in context.lines(texts.spoken.filter { $0.value != known }) {
      finding.fail("\(line), others have \(known)", .data)
    }
    return finding
  }

  private func describe(_ context: PreflightContext) throws -> String? {
    guard let settings = context.settings else { return nil }
    let network = try settings.trainingSubject().network
    let examples = try settings.trainingExamples(for: network)
    context.examples = examples
    return "\(examples.name), \(examples.count) examples, checksum \(examples.checksum)"
  }
}

extension Dataset {
  /// Eight digits that tell collections apart, over all values and labels.
  fileprivate var checksum: String {
    var sum = CRC32C()
    withUnsafeTemporaryAllocation(of: Float.self, capacity: exampleSize) { values in
      for index in 0..<count {
        copyExample(index, flipped: false, into: values)
        sum.update(UnsafeRawBufferPointer(values))
        guard classes > 0 else { continue }
        withUnsafeBytes(of: Int32(label(index))) { sum.update($0) }
      }
    }
    return sum.value.hexadecimalDigits
  }
}
