import Yams

extension Node {
  /// The text of an unquoted scalar: quoted text is never a number, a truth value or null.
  var plainText: String? {
    guard let scalar, scalar.style == .plain || scalar.style == .any else { return nil }
    return scalar.string
  }

  /// Whether the node is YAML's null.
  var isNull: Bool {
    guard let plainText else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(plainText)
  }

  /// The node as a message shows it, long ones in part.
  var shown: String {
    if isNull { return "nothing" }
    switch self {
    case .scalar(let scalar):
      return (plainText ?? "the quoted text \(scalar.string.quotedYAML)").abbreviated
    case .sequence(let sequence):
      // Sequences in sequences fit no setting, and what they hold may be endless.
      let elements = sequence.prefix(10).map { $0.sequence == nil ? $0.shown : "[...]" }
      let rest = sequence.count > 10 ? ", ..." : ""
      return ("[" + elements.joined(separator: ", ") + rest + "]").abbreviated
    case .mapping:
      return "a mapping"
    case .alias:
      return "an alias"
    }
  }
}

extension String {
  /// The text without its middle if it is very long.
  var abbreviated: String { count <= 200 ? self : prefix(120) + " ... " + suffix(40) }

  /// Whether the text needs no quotes in YAML 1.1 and 1.2.
  ///
  /// Some texts that would do without are not recognized, which only costs them quotes.
  var isPlainYAML: Bool {
    guard let first = unicodeScalars.first, first.properties.isAlphabetic || first == "/" else {
      return false
    }
    let words = ["on", "off", "yes", "no", "y", "n", "true", "false", "null"]
    return last != " " && !words.contains(lowercased())
      && unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0)
          || "/._-+ ".unicodeScalars.contains($0)
      }
  }

  /// The text in YAML's double quotes.
  var quotedYAML: String {
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
