/// Texts of a figure as elements of SVG.
enum TextElement {
  /// The size of numbers and legends.
  static let small = 11.0
  /// The size of labels and titles.
  static let large = 12.0

  /// On which side of its place a text lies.
  enum Anchor: String {
    case start, middle, end
  }

  /// A text on one line.
  static func markup(
    _ text: SVGText, x: Double, y: Double, size: Double = small, anchor: Anchor = .start,
    isBold: Bool = false, isVertical: Bool = false
  ) -> String {
    let place = "\(length(x)) \(length(y))"
    let turn = isVertical ? " rotate(-90)" : ""
    let weight = isBold ? " font-weight=\"bold\"" : ""
    return """
      <text transform="translate(\(place))\(turn)" font-size="\(length(size))" \
      text-anchor="\(anchor.rawValue)"\(weight)>\(text.markup)</text>

      """
  }

  /// About how wide a text is.
  static func width(_ text: SVGText, size: Double = small) -> Double {
    // The mean over letters of Helvetica and its relatives.
    0.56 * size * text.letters
  }
}
