public import Checkpoints
public import Networks

/// Everything that a run must save to go on as if it had never stopped, and the gradients.
///
/// Randomness and data order are functions of the seed and the counters, so there is nothing else.
public final class TrainingState {
  /// Which parameter lies where in the buffers.
  public let layout: ParameterLayout
  /// The weights.
  public let parameters: FlatBuffer
  /// The mean of the gradients that Adam keeps; zero for fixed parameters, as the next.
  public let firstMoments: FlatBuffer
  /// The mean of the squared gradients that Adam keeps.
  public let secondMoments: FlatBuffer
  /// The exponential moving average of the weights; the weights themselves if it is off.
  public let average: FlatBuffer
  /// The gradients of the trained parameters; not part of a checkpoint.
  public let gradients: FlatBuffer
  /// How far the run is.
  public var counters = TrainingCounters()

  /// Allocates a state of zeros.
  ///
  /// - Parameter layout: Which parameter lies where.
  public init(_ layout: ParameterLayout) {
    self.layout = layout
    parameters = FlatBuffer(count: layout.extent)
    firstMoments = FlatBuffer(count: layout.extent)
    secondMoments = FlatBuffer(count: layout.extent)
    average = FlatBuffer(count: layout.extent)
    gradients = FlatBuffer(count: layout.trainableExtent)
  }

  /// The state before the first step of a run, equal on all ranks.
  ///
  /// - Parameters:
  ///   - parameters: The network's parameters in its order.
  ///   - seed: The seed of the run.
  public convenience init(_ parameters: [Parameter], seed: UInt64) {
    self.init(ParameterLayout(parameters))
    for (index, parameter) in parameters.enumerated() {
      _ = self.parameters[layout.range(of: parameter)].update(
        fromContentsOf: parameter.initialValues(seed: seed, index: index))
    }
    average.copy(from: self.parameters)
  }

  /// The buffers of a checkpoint.
  public var buffers: [StateBuffer] {
    [
      StateBuffer(name: "parameters", values: parameters.values),
      StateBuffer(name: "ema", values: average.values),
      StateBuffer(name: "adam.first", values: firstMoments.values),
      StateBuffer(name: "adam.second", values: secondMoments.values),
    ]
  }

  /// The bytes of all buffers on one rank.
  public static func byteCount(_ layout: ParameterLayout) -> Int {
    (4 * layout.extent + layout.trainableExtent) * MemoryLayout<Float>.stride
  }

  /// The memory to bind to the inputs of a program that reads the weights.
  ///
  /// - Parameter buffer: `parameters` or `average`.
  /// - Returns: The memory of each parameter by its name.
  public func bindings(to buffer: FlatBuffer) -> [String: UnsafeMutableBufferPointer<Float>] {
    Dictionary(
      uniqueKeysWithValues: layout.parameters.map { ($0.name, buffer[layout.range(of: $0)]) })
  }
}
