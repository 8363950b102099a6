/// A short text of a figure, with powers of ten set as exponents.
enum SVGText: Equatable {
  /// Words or a number.
  case plain(String)
  /// Ten to a power.
  case power(of: Int)
  /// A number times ten to a power.
  case product(String, power: Int)

  /// The content of a `text` element.
  var markup: String {
    switch self {
    case .plain(let text): text.escapedForXML
    case .power(let exponent): "10" + Self.raised(exponent)
    case .product(let factor, let exponent): "\(factor)\u{b7}10" + Self.raised(exponent)
    }
  }

  /// About how many letters wide it is.
  var letters: Double {
    switch self {
    case .plain(let text): Double(text.count)
    case .power(let exponent): 2 + 0.7 * Double(String(exponent).count)
    case .product(let factor, let exponent):
      Double(factor.count) + 2.5 + 0.7 * Double(String(exponent).count)
    }
  }

  // The shift is undone so that what follows stands on the line again.
  private static func raised(_ exponent: Int) -> String {
    let text = (exponent < 0 ? "\u{2212}" : "") + String(abs(exponent))
    return "<tspan dy=\"-4\" font-size=\"70%\">\(text)</tspan>"
  }
}
