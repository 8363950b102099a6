public import Autodiff

/// One named tensor of a network's weights.
public struct Parameter: Sendable, Hashable {
  /// The name in the reference implementation's `state_dict`, as in `all_modules.3.weight`.
  public let name: String

  /// The shape, in the reference implementation's layout: OIHW for convolutions, `[out, in]` for
  /// dense layers, `[in, out]` for the matrices of attention.
  public let shape: Shape

  /// The distribution of the values before training.
  public let initialization: Initialization

  /// Whether training changes the tensor; one that is fixed is still stored and exported.
  public let isTrainable: Bool

  /// Describes a tensor.
  public init(
    name: String, shape: Shape, initialization: Initialization, isTrainable: Bool = true
  ) {
    self.name = name
    self.shape = shape
    self.initialization = initialization
    self.isTrainable = isTrainable
  }

  /// The tensor's values before training, in row-major order.
  ///
  /// - Parameters:
  ///   - seed: The seed of the run.
  ///   - index: The place of the tensor in the network's list, which names its random stream.
  /// - Returns: As many values as the shape has elements, equal for equal arguments on any rank.
  public func initialValues(seed: UInt64, index: Int) -> [Float] {
    initialization.values(count: shape.count, seed: seed, parameterIndex: index)
  }
}
