/// What is wrong with a run's configuration, in one line that names the place and the cure.
///
/// The line reads `FILE:LINE: KEY: found X, expected Y (did you mean Z?)`; parts that are not known
/// are left out.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What the user can do about it.
  public enum Problem: Sendable, Equatable {
    /// The file cannot be read: correct the path or its permissions.
    case unreadableFile
    /// The text is not YAML, or not a mapping: correct the syntax.
    case malformedText
    /// No setting has this name: correct the spelling.
    case unknownKey
    /// The same key stands twice in one mapping: remove one of the two.
    case duplicateKey
    /// A setting without a default is absent: add it.
    case missingKey
    /// The value has another type than the setting: correct the value.
    case wrongType
    /// The value lies outside the setting's range: correct the value.
    case outOfRange
    /// Two settings contradict each other: change one of them.
    case inconsistentValues
    /// Presets cannot be found by this name, or name each other in a circle.
    case unknownPreset
    /// The global batch does not divide over ranks and micro-batches: change one of the three.
    case indivisibleBatch
    /// There are more ranks than examples in a global batch: start fewer or enlarge the batch.
    case tooManyRanks
  }

  /// The kind of the problem.
  public var problem: Problem
  /// The file, preset or option in which the value stands, where known.
  public var source: String?
  /// The line in the file, counted from 1, where known.
  public var line: Int?
  /// The dotted key, for example `training.steps`, where there is one.
  public var key: String?
  /// What was found.
  public var found: String
  /// What would have been accepted.
  public var expected: String
  /// The nearest known spelling, where one is near.
  public var suggestion: String?

  init(
    _ problem: Problem, source: String? = nil, line: Int? = nil, key: String? = nil, found: String,
    expected: String, suggestion: String? = nil
  ) {
    self.problem = problem
    self.source = source
    self.line = line
    self.key = key
    self.found = found
    self.expected = expected
    self.suggestion = suggestion
  }

  /// The line to print.
  public var description: String {
    var parts: [String] = []
    if let source {
      parts.append(line.map { "\(source):\($0)" } ?? source)
    }
    if let key {
      parts.append(key)
    }
    parts.append("found \(found), expected \(expected)")
    let line = parts.joined(separator: ": ")
    return suggestion.map { "\(line) (did you mean \($0)?)" } ?? line
  }

  /// Returns the error with the place filled in where it is still open.
  func located(in source: String?, line: Int?) -> ConfigurationError {
    guard self.source == nil else { return self }
    var error = self
    error.source = source
    error.line = line
    return error
  }
}
