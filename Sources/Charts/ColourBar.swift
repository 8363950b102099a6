/// The scale of a heat map beside its panel.
struct ColourBar {
  private static let barWidth = 12.0
  private static let steps = 48

  private let range: ClosedRange<Double>
  private let label: String
  private let height: Double
  private let marks: [AxisTicks.Mark]

  init(_ map: HeatMap, label: String, height: Double) {
    range = HeatMapDrawing.range(of: map)
    self.label = label
    self.height = height
    marks = AxisTicks(range, scale: .linear, count: max(2, Int(height / 45))).major
  }

  /// The width, with numbers and label.
  var width: Double { Self.barWidth + 6 + numberWidth + (label.isEmpty ? 0 : 18) }

  private var numberWidth: Double { marks.map { TextElement.width($0.text) }.max() ?? 0 }

  /// The bar with its upper left corner at the origin.
  var markup: String {
    let step = height / Double(Self.steps)
    var result = "<g shape-rendering=\"crispEdges\">\n"
    for index in 0..<Self.steps {
      let colour = Palette.heat((Double(index) + 0.5) / Double(Self.steps))
      let y = length(height - Double(index + 1) * step)
      result += """
        <rect y="\(y)" width="\(length(Self.barWidth))" height="\(length(step + 0.2))" \
        fill="\(colour)"/>

        """
    }
    result += "</g>\n"
    for mark in marks {
      let share = (mark.value - range.lowerBound) / (range.upperBound - range.lowerBound)
      let y = height * (1 - share)
      result +=
        "<path d=\"M\(length(Self.barWidth)) \(length(y))h3\" stroke=\"#222\" fill=\"none\"/>\n"
      result += TextElement.markup(
        mark.text, x: Self.barWidth + 5, y: y + 0.35 * TextElement.small)
    }
    if !label.isEmpty {
      result += TextElement.markup(
        .plain(label), x: width - 4, y: height / 2, size: TextElement.large, anchor: .middle,
        isVertical: true)
    }
    return result
  }
}
