/// Memory for the inputs of some examples, from which micro-batches are copied.
final class StepInputs {
  /// The inputs.
  let batch: MicroBatch

  private let buffers: [FlatBuffer]

  /// Allocates the inputs.
  ///
  /// - Parameters:
  ///   - count: The number of examples.
  ///   - probes: The number of probes for each example.
  ///   - elements: The number of floats of an example by the input's name, nil for an input that
  ///     nothing reads.
  init(count: Int, probes: Int, elements: (String) -> Int?) {
    var buffers: [FlatBuffer] = []
    batch = MicroBatch(count: count, probes: probes) { name in
      guard let elements = elements(name) else { return nil }
      let buffer = FlatBuffer(count: count * elements)
      buffers.append(buffer)
      return buffer.values
    }
    self.buffers = buffers
  }
}
