/// What can go wrong in setting up or running a stochastic process, a sampler or a likelihood.
public enum ScoresError: Error, Equatable, CustomStringConvertible {
  /// A setting is outside its range; the user changes the setting.
  case invalidSetting(name: String, found: String, expected: String)
  /// The process does not define what was asked for; the user chooses another method.
  case unsupported(method: String, process: String, expected: String)
  /// The numbers stopped being finite or the solver stalled; the model or the tolerances are at
  /// fault.
  case numericalFailure(of: String, time: Double, found: String, expected: String)

  /// One line that names the thing, the value found and the value wanted.
  public var description: String {
    switch self {
    case .invalidSetting(let name, let found, let expected):
      "\(name) is \(found), expected \(expected)"
    case .unsupported(let method, let process, let expected):
      "\(method) is not defined for \(process), expected \(expected)"
    case .numericalFailure(let subject, let time, let found, let expected):
      "\(subject) at time \(time): found \(found), expected \(expected)"
    }
  }
}

/// Throws `ScoresError.invalidSetting` unless `condition` holds.
func require<Value>(
  _ condition: Bool, _ name: String, found: Value, expected: String
) throws(ScoresError) {
  guard !condition else { return }
  throw .invalidSetting(name: name, found: "\(found)", expected: expected)
}
