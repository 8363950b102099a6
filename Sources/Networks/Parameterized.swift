public import Autodiff

/// A function written over the primitives of `Autodiff` that lists the parameters it needs.
public protocol Parameterized: Sendable {
  /// All parameters in the order of the reference implementation, fixed ones included.
  var parameters: [Parameter] { get }

  /// The shape of one example: `[C, H, W]` for images, `[D]` for points.
  var exampleShape: Shape { get }
}

extension Parameterized {
  /// The parameters that training changes, in order.
  public var trainableParameters: [Parameter] { parameters.filter(\.isTrainable) }

  /// The number of values that training changes.
  public var trainableCount: Int { trainableParameters.reduce(0) { $0 + $1.shape.count } }

  func checkShapes(_ x: Value, noise: Value) {
    precondition(
      x.shape.rank > 0 && Array(x.shape.dimensions.dropFirst()) == exampleShape.dimensions,
      "network input is \(x.shape), expected [B] followed by \(exampleShape)")
    precondition(
      noise.shape == [x.shape[0]], "noise level is \(noise.shape), expected [\(x.shape[0])]")
  }
}
