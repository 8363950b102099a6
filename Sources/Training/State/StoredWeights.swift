public import Checkpoints
public import Networks

/// The weights of a network as a checkpoint has them, in memory of their own.
public final class StoredWeights {
  /// The memory of each parameter by its name.
  public let values: [String: UnsafeMutableBufferPointer<Float>]

  private let memory: FlatBuffer

  /// Reads weights.
  ///
  /// - Parameters:
  ///   - parameters: The network's parameters.
  ///   - buffer: `ema` or `parameters`.
  ///   - checkpoint: The checkpoint.
  /// - Throws: `CheckpointError` if it belongs to another network or cannot be read.
  public init(
    _ parameters: [Parameter], buffer: String, of checkpoint: Checkpoint
  ) throws(CheckpointError) {
    let layout = ParameterLayout(parameters)
    let memory = FlatBuffer(count: layout.extent)
    try checkpoint.read(
      into: [StateBuffer(name: buffer, values: memory.values)], table: layout.table)
    self.memory = memory
    values = Dictionary(
      uniqueKeysWithValues: layout.parameters.map { ($0.name, memory[layout.range(of: $0)]) })
  }
}
