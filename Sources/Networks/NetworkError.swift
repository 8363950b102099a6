/// Why a network cannot be built.
public enum NetworkError: Error, Sendable, Hashable, CustomStringConvertible {
  /// An option of the network does not fit the others; change it.
  case unsuitableOption(name: String, found: String, expected: String)

  /// The option, what was found, and what is expected.
  public var description: String {
    switch self {
    case .unsuitableOption(let name, let found, let expected):
      "network option \(name) is \(found), expected \(expected)"
    }
  }
}
