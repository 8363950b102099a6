extension String {
  /// The text as the content of an element or attribute of XML or HTML.
  public var escapedForXML: String {
    reduce(into: "") { result, letter in
      switch letter {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(letter)
      }
    }
  }
}
