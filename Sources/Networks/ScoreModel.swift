public import Autodiff

/// How a network's output becomes a score.
public enum OutputConversion: String, Sendable, Hashable, CaseIterable {
  /// The output is the score itself (VE networks, which divide by sigma themselves).
  case direct

  /// The output is the noise in the data: `-output / std` (VP and sub-VP networks).
  case noise

  /// The output f stands against the data: `(x - f) / std` (Chao et al. 2023, section 3.2).
  case residual
}

/// The energy whose gradient is the score of a conservative model.
///
/// With `s` the score that the unconstrained model of the same network would have.
public enum EnergyForm: String, Sendable, Hashable, CaseIterable {
  /// `1/2 |s|^2 / std`, as the reference implementation of Chao et al. (2023) has it.
  case code

  /// `1/2 |std s|^2 / std`, which is `|x - f|^2 / (2 std)`, as their equation has it.
  case equation
}

/// A network together with the convention by which it stands for a score.
public struct ScoreModel: Sendable {
  /// The network.
  public var network: any Network

  /// How its output becomes a score.
  public var conversion: OutputConversion

  /// The energy of a conservative model; nil for an unconstrained one.
  public var energyForm: EnergyForm?

  /// Combines a network with its convention.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - conversion: How its output becomes a score.
  ///   - energyForm: The energy of a conservative model; nil for an unconstrained one.
  public init(
    network: any Network, conversion: OutputConversion, energyForm: EnergyForm? = nil
  ) {
    self.network = network
    self.conversion = conversion
    self.energyForm = energyForm
  }

  /// Builds the score `grad log p(x)`.
  ///
  /// The score of a conservative model is minus the gradient of its energy by `x`, so `x` must be
  /// a graph input or a value that no other operand of the network depends on.
  ///
  /// - Parameters:
  ///   - x: Noisy data, `[B]` followed by the example's shape.
  ///   - noise: What the network is told about the noise, `[B]`; see ``Network``.
  ///   - standardDeviation: The standard deviation of the noise in `x`, `[B]`.
  ///   - parameters: The values of the network's parameters.
  ///   - dropout: The keys of the dropout layers, nil in evaluation.
  ///   - recorder: Receives the output of each module of the network.
  /// - Returns: The score, of the shape of `x`.
  public func score(
    _ x: Value, noise: Value, standardDeviation: Value, parameters: ParameterValues,
    dropout: DropoutKeys? = nil, recorder: ActivationRecorder? = nil
  ) -> Value {
    let field = unconstrainedScore(
      x, noise: noise, standardDeviation: standardDeviation, parameters: parameters,
      dropout: dropout, recorder: recorder)
    guard let energyForm else { return field }
    let energy = energy(of: field, standardDeviation: standardDeviation, form: energyForm)
    return vjp(of: energy, at: x, cotangent: x.graph.constant(-1, energy.shape))
  }

  /// Builds the energy of each example, whose gradient by the data is minus the score.
  ///
  /// - Parameters:
  ///   - x: Noisy data, `[B]` followed by the example's shape.
  ///   - noise: What the network is told about the noise, `[B]`; see ``Network``.
  ///   - standardDeviation: The standard deviation of the noise in `x`, `[B]`.
  ///   - parameters: The values of the network's parameters.
  ///   - dropout: The keys of the dropout layers, nil in evaluation.
  /// - Returns: The energy, `[B]`; nil if the model is unconstrained.
  public func energy(
    _ x: Value, noise: Value, standardDeviation: Value, parameters: ParameterValues,
    dropout: DropoutKeys? = nil
  ) -> Value? {
    guard let energyForm else { return nil }
    let field = unconstrainedScore(
      x, noise: noise, standardDeviation: standardDeviation, parameters: parameters,
      dropout: dropout, recorder: nil)
    return energy(of: field, standardDeviation: standardDeviation, form: energyForm)
  }

  private func unconstrainedScore(
    _ x: Value, noise: Value, standardDeviation: Value, parameters: ParameterValues,
    dropout: DropoutKeys?, recorder: ActivationRecorder?
  ) -> Value {
    let output = network.output(
      x, noise: noise, parameters: parameters, dropout: dropout, recorder: recorder)
    let inverse = reciprocal(standardDeviation).perExample(like: x)
    switch conversion {
    case .direct: return output
    case .noise: return output * -inverse
    case .residual: return (x - output) * inverse
    }
  }

  private func energy(of field: Value, standardDeviation: Value, form: EnergyForm) -> Value {
    let halfSquare =
      0.5 * square(field).sum(Array(1..<field.shape.rank), droppingAxes: true)
    switch form {
    case .code: return halfSquare * reciprocal(standardDeviation)
    case .equation: return halfSquare * standardDeviation
    }
  }
}
