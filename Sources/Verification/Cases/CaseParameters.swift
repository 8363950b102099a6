import Autodiff
import Evaluation
import Networks

extension ReferenceCase {
  /// The parameters of a network, from the tensors under a prefix.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - prefix: What the names of the tensors start with.
  ///   - buffers: Names that the reference implementation stores beside the parameters.
  /// - Returns: The values of all parameters.
  /// - Throws: `VerificationError` if names or shapes are not those of the network.
  func weights(
    of network: any Parameterized, under prefix: String = "param/",
    ignoring buffers: Set<String> = []
  ) throws -> ModelWeights {
    let present = Set(names(under: prefix)).subtracting(buffers)
    let known = Set(network.parameters.map(\.name))
    if let extra = present.subtracting(known).sorted().first {
      throw damage(found: "a parameter \(extra)", expected: "only those of the network")
    }
    return try ModelWeights(of: network) { parameter, values in
      let name = prefix + parameter.name
      let shape = try shape(name)
      guard shape == parameter.shape.dimensions else {
        throw damage(found: "shape \(shape) of \(name)", expected: "\(parameter.shape.dimensions)")
      }
      _ = values.update(fromContentsOf: try floats(name))
    }
  }
}
