import Autodiff

/// `x sigmoid(beta x)` with a learned beta for each channel.
struct LearnedSwish: Sendable {
  let beta: Parameter

  init(_ name: String, channels: Int) {
    beta = Parameter(name: name + ".beta", shape: [channels], initialization: .ones)
  }

  var parameters: [Parameter] { [beta] }

  func callAsFunction(_ x: Value, _ values: ParameterValues) -> Value {
    x * sigmoid(values[beta] * x)
  }
}
