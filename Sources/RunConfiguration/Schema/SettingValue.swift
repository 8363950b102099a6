import Yams

/// A type that can stand behind a key of the configuration.
protocol SettingValue: Sendable, Equatable {
  /// What a user must write, as the end of "expected ...".
  static var expectation: String { get }
  /// The values that can be written, if they can be listed.
  static var spellings: [String] { get }
  /// Reads a YAML node, or returns nil where the node has another type.
  init?(node: Node)
  /// The value in YAML, on one line, which `init(node:)` reads back to an equal value.
  var yaml: String { get }
  /// Whether products of a few such values may exceed what the program can count.
  var isExcessive: Bool { get }
}

extension SettingValue {
  static var spellings: [String] { [] }
  var isExcessive: Bool { false }
}

/// A setting with a short list of named values.
protocol SettingChoice: SettingValue, RawRepresentable<String>, CaseIterable {}

extension SettingChoice {
  static var spellings: [String] { allCases.map(\.rawValue) }

  static var expectation: String {
    spellings.count == 1 ? spellings[0] : "one of " + spellings.joined(separator: ", ")
  }

  init?(node: Node) {
    guard let text = node.scalar?.string else { return nil }
    self.init(rawValue: text)
  }

  var yaml: String { rawValue.yaml }
}

extension Int: SettingValue {
  static var expectation: String { "a whole number" }

  init?(node: Node) {
    guard let text = node.plainText else { return nil }
    self.init(text)
  }

  var yaml: String { description }

  /// The largest whole number of a setting other than the seed.
  static let largestSetting = 1_000_000_000

  var isExcessive: Bool { magnitude > UInt(Self.largestSetting) }
}

extension UInt64: SettingValue {
  static var expectation: String { "a whole number from 0 to 2^64 - 1" }

  init?(node: Node) {
    guard let text = node.plainText else { return nil }
    self.init(text)
  }

  var yaml: String { description }
}

extension Double: SettingValue {
  static var expectation: String { "a number" }

  init?(node: Node) {
    // Swift also reads hexadecimal numbers and words such as "nan", which no setting means.
    guard let text = node.plainText, text.allSatisfy({ "0123456789+-.eE".contains($0) }),
      let value = Double(text), value.isFinite
    else { return nil }
    self = value
  }

  /// The shortest decimal that reads back to the same number.
  ///
  /// YAML 1.1 readers take an exponent without a decimal point for text, so one is put in.
  var yaml: String {
    let text = description
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }
}

extension Bool: SettingValue {
  static var expectation: String { "true or false" }
  static var spellings: [String] { ["true", "false"] }

  init?(node: Node) {
    switch node.plainText {
    case "true", "True", "TRUE": self = true
    case "false", "False", "FALSE": self = false
    default: return nil
    }
  }

  var yaml: String { description }
}

extension String: SettingValue {
  static var expectation: String { "text" }

  init?(node: Node) {
    guard let scalar = node.scalar, !node.isNull else { return nil }
    self = scalar.string
  }

  var yaml: String { isPlainYAML ? self : quotedYAML }
}

extension Array: SettingValue where Element: SettingValue {
  static var expectation: String { "a sequence, each element \(Element.expectation)" }

  init?(node: Node) {
    guard let sequence = node.sequence else { return nil }
    let elements = sequence.compactMap { Element(node: $0) }
    guard elements.count == sequence.count else { return nil }
    self = elements
  }

  var yaml: String { "[" + map(\.yaml).joined(separator: ", ") + "]" }

  var isExcessive: Bool { count > 10_000 || contains(where: \.isExcessive) }
}

extension Optional: SettingValue where Wrapped: SettingValue {
  static var expectation: String { "\(Wrapped.expectation) or null" }
  static var spellings: [String] { Wrapped.spellings }

  init?(node: Node) {
    if node.isNull {
      self = Wrapped?.none
    } else if let value = Wrapped(node: node) {
      self = Optional(value)
    } else {
      return nil
    }
  }

  var yaml: String { self?.yaml ?? "null" }

  var isExcessive: Bool { self?.isExcessive ?? false }
}
