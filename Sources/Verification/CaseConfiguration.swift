/// A value of a case's configuration, of any type that JSON has.
enum ConfigurationValue: Decodable, Sendable, Equatable {
  case null
  case boolean(Bool)
  case number(Double)
  case text(String)
  case list([ConfigurationValue])
  case section([String: ConfigurationValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([ConfigurationValue].self) {
      self = .list(value)
    } else {
      self = .section(try container.decode([String: ConfigurationValue].self))
    }
  }
}

/// The settings with which a case was made, read by type and name.
struct CaseConfiguration: Sendable {
  let caseName: String
  private let values: [String: ConfigurationValue]
  private let prefix: String

  init(caseName: String, values: [String: ConfigurationValue], prefix: String = "") {
    self.caseName = caseName
    self.values = values
    self.prefix = prefix
  }

  func has(_ key: String) -> Bool { values[key] != nil && values[key] != .null }

  func number(_ key: String, default fallback: Double? = nil) throws(VerificationError) -> Double {
    if let fallback, !has(key) { return fallback }
    guard case .number(let number) = values[key] else { throw unsuitable(key, "a number") }
    return number
  }

  func integer(_ key: String, default fallback: Int? = nil) throws(VerificationError) -> Int {
    let number = try number(key, default: fallback.map(Double.init))
    guard let integer = Int(exactly: number) else { throw unsuitable(key, "a whole number") }
    return integer
  }

  func text(_ key: String, default fallback: String? = nil) throws(VerificationError) -> String {
    if let fallback, !has(key) { return fallback }
    guard case .text(let text) = values[key] else { throw unsuitable(key, "a text") }
    return text
  }

  func boolean(_ key: String, default fallback: Bool? = nil) throws(VerificationError) -> Bool {
    if let fallback, !has(key) { return fallback }
    guard case .boolean(let flag) = values[key] else { throw unsuitable(key, "true or false") }
    return flag
  }

  func numbers(_ key: String) throws(VerificationError) -> [Double] {
    guard case .list(let list) = values[key] else { throw unsuitable(key, "a list of numbers") }
    var numbers: [Double] = []
    for element in list {
      guard case .number(let number) = element else { throw unsuitable(key, "a list of numbers") }
      numbers.append(number)
    }
    return numbers
  }

  func texts(_ key: String) throws(VerificationError) -> [String] {
    guard case .list(let list) = values[key] else { throw unsuitable(key, "a list of texts") }
    var texts: [String] = []
    for element in list {
      guard case .text(let text) = element else { throw unsuitable(key, "a list of texts") }
      texts.append(text)
    }
    return texts
  }

  func section(_ key: String) throws(VerificationError) -> CaseConfiguration {
    guard case .section(let section) = values[key] else { throw unsuitable(key, "a section") }
    return CaseConfiguration(caseName: caseName, values: section, prefix: "\(prefix)\(key).")
  }

  /// Checks that a setting, where there is one, has the only value that is supported.
  func require(_ key: String, is expected: String) throws(VerificationError) {
    guard try text(key, default: expected) == expected else { throw unsuitable(key, expected) }
  }

  func unsuitable(_ key: String, _ expected: String) -> VerificationError {
    .unsupported(
      caseName: caseName, key: prefix + key, found: values[key].map(Self.describe) ?? "nothing",
      expected: expected)
  }

  private static func describe(_ value: ConfigurationValue) -> String {
    switch value {
    case .null: "null"
    case .boolean(let flag): "\(flag)"
    case .number(let number): "\(number)"
    case .text(let text): "'\(text)'"
    case .list(let list): "[" + list.map(describe).joined(separator: ", ") + "]"
    case .section: "a section"
    }
  }
}
