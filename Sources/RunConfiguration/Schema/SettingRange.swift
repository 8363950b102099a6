/// The values of a setting's type that the setting accepts.
struct SettingRange<Value: Sendable>: Sendable {
  /// What the range adds to the type's own expectation, empty where it adds nothing.
  let phrase: String
  let contains: @Sendable (Value) -> Bool

  init(_ phrase: String, _ contains: @escaping @Sendable (Value) -> Bool) {
    self.phrase = phrase
    self.contains = contains
  }

  static var any: SettingRange {
    SettingRange("") { _ in true }
  }
}

extension SettingRange where Value == Int {
  static func atLeast(_ bound: Int) -> SettingRange {
    SettingRange("of at least \(bound)") { $0 >= bound }
  }
}

extension SettingRange where Value == Double {
  static var positive: SettingRange {
    SettingRange("above 0") { $0 > 0 }
  }

  static func positive(upTo bound: Int) -> SettingRange {
    SettingRange("above 0 and at most \(bound)") { $0 > 0 && $0 <= Double(bound) }
  }

  static var nonnegative: SettingRange {
    SettingRange("of at least 0") { $0 >= 0 }
  }

  static var fractionBelowOne: SettingRange {
    SettingRange("in [0, 1)") { $0 >= 0 && $0 < 1 }
  }

  static var fractionAboveZero: SettingRange {
    SettingRange("in (0, 1]") { $0 > 0 && $0 <= 1 }
  }

  static var insideUnitInterval: SettingRange {
    SettingRange("in (0, 1)") { $0 > 0 && $0 < 1 }
  }
}

extension SettingRange where Value == String {
  static var nonempty: SettingRange {
    SettingRange("that is not empty") { !$0.isEmpty }
  }
}

extension SettingRange {
  /// The range of the value where there is one; null is always accepted.
  static func optional<Wrapped>(_ range: SettingRange<Wrapped>) -> SettingRange
  where Value == Wrapped? {
    SettingRange(range.phrase) { value in value.map(range.contains) ?? true }
  }

  /// The range of each element of a sequence of at least `count` elements.
  static func each<Element>(_ range: SettingRange<Element>, count: Int) -> SettingRange
  where Value == [Element] {
    let length = count > 0 ? " (not empty)" : ""
    return SettingRange(range.phrase + length) {
      $0.count >= count && $0.allSatisfy(range.contains)
    }
  }
}
