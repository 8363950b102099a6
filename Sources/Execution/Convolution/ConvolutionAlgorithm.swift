/// How a convolution's sums are arranged.
enum ConvolutionAlgorithm: String, Hashable, Sendable, Codable, CaseIterable {
  /// One product per weight and position.
  case direct
  /// Fewer products through a transform of 3 x 3 windows; stride 1 only.
  case winograd
  /// oneDNN's own choice between the two.
  case automatic
}

/// A numerical library cannot do, or did not do, what was asked.
struct BackendError: Error, Hashable, CustomStringConvertible {
  /// The library, for example `oneDNN`.
  var library: String
  /// What was asked of it.
  var request: String
  /// The library's reason.
  var reason: String

  var description: String { "\(library): \(request): \(reason)" }
}
