public import Autodiff

/// The U-shaped convolutional network NCSN++ or DDPM++.
///
/// See Song et al. (2021), appendix H. Parameters have the names and layouts of the reference implementation's `state_dict`; its
/// buffer `sigmas` is left out, since continuous-time models never read it.
public struct NCSNpp: Network {
  /// The options.
  public let configuration: NCSNppConfiguration
  private let layout: NCSNppLayout
  private let enlargement: Enlargement?

  /// Describes a network.
  ///
  /// - Parameter configuration: The options.
  /// - Throws: ``NetworkError`` if the options do not fit together.
  public init(_ configuration: NCSNppConfiguration) throws(NetworkError) {
    self.configuration = configuration
    layout = try NCSNppLayout(configuration)
    enlargement = configuration.enlargesSmallImages ? Enlargement() : nil
  }

  /// The shape of one example, `[C, H, W]`.
  public var exampleShape: Shape {
    [configuration.imageChannels, configuration.imageSize, configuration.imageSize]
  }

  /// The probability with which a residual block drops an element.
  public var dropoutRate: Float { configuration.dropout }

  /// All parameters in the order of the reference implementation.
  public var parameters: [Parameter] {
    (enlargement?.parameters ?? []) + layout.parameters
  }

  /// Builds the raw output, as ``Network`` describes.
  public func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    checkShapes(x, noise: noise)
    let pass = Pass(parameters: parameters, dropout: dropout, recorder: recorder)
    let embedding = layout.embedding(noise, parameters, recorder: recorder)
    let enlarged = enlargement.map { $0.before(x, parameters) } ?? x
    let input = configuration.isCentred ? enlarged : 2 * enlarged - 1
    let body = body(input, embedding: embedding, pass)
    let normalized = pass.recorded(layout.tail(body, parameters), layout.ends[1])
    let last = pass.recorded(layout.last(Activation.swish(normalized), parameters), layout.ends[2])
    let reduced = enlargement.map { $0.behind(last, parameters) } ?? last
    guard configuration.dividesBySigma else { return reduced }
    return reduced * reciprocal(noise).perExample(like: reduced)
  }

  private func body(_ input: Value, embedding: Value, _ pass: Pass) -> Value {
    var hidden = pass.recorded(layout.first(input, pass.parameters), layout.ends[0])
    var pyramid = input
    var kept = [hidden]
    for step in layout.steps {
      if step.joinsSkip { hidden = concatenate([hidden, kept.removeLast()], axis: 1) }
      switch step.module {
      case .residual(let block):
        let output = block(hidden, embedding: embedding, pass.parameters, dropout: pass.dropout)
        hidden = pass.recorded(output, step.name)
      case .attention(let attention):
        hidden = pass.recorded(attention(hidden, pass.parameters), step.name)
      case .pyramid(let downsampling):
        let smaller = pass.recorded(downsampling(pyramid, pass.parameters), step.name)
        let sum = smaller + hidden
        hidden = configuration.rescalesSkips ? sum * Float(0.5).squareRoot() : sum
        pyramid = hidden
      }
      if step.keepsResult { kept.append(hidden) }
    }
    return hidden
  }
}

// What one evaluation of the network carries from module to module.
private struct Pass {
  let parameters: ParameterValues
  let dropout: DropoutKeys?
  let recorder: ActivationRecorder?

  func recorded(_ value: Value, _ name: String) -> Value {
    recorder?.record(value, of: name)
    return value
  }
}

/// The convolutions that enlarge 28 pixels to 32 and bring the output back (`ncsnpp_mod`).
private struct Enlargement: Sendable {
  private let enlarging = Convolution2D(uniform: "in_conv", from: 1, to: 1, kernel: 1, padding: 2)
  private let reducing = Convolution2D(uniform: "out_conv", from: 1, to: 1, kernel: 5, padding: 0)

  var parameters: [Parameter] { enlarging.parameters + reducing.parameters }

  func before(_ x: Value, _ values: ParameterValues) -> Value { enlarging(x, values) }

  func behind(_ x: Value, _ values: ParameterValues) -> Value { reducing(x, values) }
}
