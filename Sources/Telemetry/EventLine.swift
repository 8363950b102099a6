/// One line of the event log: a JSON object whose keys keep their order.
struct EventLine {
  private(set) var text = "{"

  // JSON has no infinities and no NaN. Such numbers become null, and a last key tells what they
  // were, since a diverging loss is what a log is read for.
  private var nonfinite: [(String, EventValue)] = []

  /// Prints an object, without the line feed.
  init(_ fields: [(String, EventValue)]) {
    appendMembers(fields, path: "")
    if !nonfinite.isEmpty {
      text += ",\"nonfinite\":{"
      let members = nonfinite
      appendMembers(members, path: "")
      text += "}"
    }
    text += "}"
  }

  private mutating func appendMembers(_ fields: [(String, EventValue)], path: String) {
    for (position, (key, value)) in fields.enumerated() {
      if position > 0 { text += "," }
      appendQuoted(key)
      text += ":"
      append(value, path: path.isEmpty ? key : path + "." + key)
    }
  }

  private mutating func append(_ value: EventValue, path: String) {
    switch value {
    case .null: text += "null"
    case .integer(let value): text += String(value)
    case .number(let value): appendNumber(value, path: path)
    case .float(let value): appendNumber(value, path: path)
    case .string(let value): appendQuoted(value)
    case .boolean(let value): text += String(value)
    case .array(let values):
      text += "["
      for (position, value) in values.enumerated() {
        if position > 0 { text += "," }
        append(value, path: "\(path).\(position)")
      }
      text += "]"
    case .object(let fields):
      text += "{"
      appendMembers(fields, path: path)
      text += "}"
    }
  }

  // Swift prints the shortest decimal number that reads back as the same value.
  private mutating func appendNumber<Number: BinaryFloatingPoint & LosslessStringConvertible>(
    _ value: Number, path: String
  ) {
    guard value.isFinite else {
      nonfinite.append((path, .string(String(value))))
      text += "null"
      return
    }
    text += String(value)
  }

  private mutating func appendQuoted(_ string: String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension EventLine {
  /// Returns the text of the value of a key of the outermost object of a line.
  ///
  /// It needs no more than to skip strings and to count brackets, for the log only reads lines
  /// that it wrote.
  static func value(of key: String, in line: ArraySlice<UInt8>) -> String? {
    let quotedKey = Array("\"\(key)\"".utf8)
    var depth = 0
    var start = line.startIndex
    while start < line.endIndex {
      switch line[start] {
      case UInt8(ascii: "\""):
        let end = endOfString(in: line, from: start)
        if depth == 1, end < line.endIndex, line[end] == UInt8(ascii: ":"),
          line[start..<end].elementsEqual(quotedKey)
        {
          return scalar(in: line, from: end + 1)
        }
        start = end
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      start += 1
    }
    return nil
  }

  private static func endOfString(in line: ArraySlice<UInt8>, from start: Int) -> Int {
    var end = start + 1
    while end < line.endIndex, line[end] != UInt8(ascii: "\"") {
      end += line[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(end + 1, line.endIndex)
  }

  private static func scalar(in line: ArraySlice<UInt8>, from start: Int) -> String {
    if start < line.endIndex, line[start] == UInt8(ascii: "\"") {
      let end = endOfString(in: line, from: start)
      return String(decoding: line[start..<end].dropFirst().dropLast(), as: UTF8.self)
    }
    let text = line[start...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
    return String(decoding: text, as: UTF8.self)
  }
}
