/// The labelled layers of some panels, in rows above them, where they cover nothing.
struct Legend: Equatable {
  struct Entry: Equatable {
    enum Mark { case line, area, dot, arrow }
    let label: String
    let mark: Mark
    let colour: String
  }

  private static let rowHeight = 16.0
  private static let markWidth = 20.0
  private static let gap = 14.0

  let entries: [Entry]

  init(_ panel: Panel, colours: [String]) {
    var entries: [Entry] = []
    for (layer, colour) in zip(panel.layers, colours) where !layer.label.isEmpty {
      guard let mark = layer.legendMark, !entries.contains(where: { $0.label == layer.label })
      else { continue }
      entries.append(Entry(label: layer.label, mark: mark, colour: colour))
    }
    self.entries = entries
  }

  /// The height of the rows.
  func height(width: Double) -> Double {
    entries.isEmpty ? 0 : Double(rows(width: width).count) * Self.rowHeight + 4
  }

  /// The rows with their upper left corner at the origin.
  func markup(width: Double) -> String {
    var result = ""
    for (row, entries) in rows(width: width).enumerated() {
      let y = (Double(row) + 0.5) * Self.rowHeight
      var x = 0.0
      for entry in entries {
        result += Self.markup(of: entry, x: x, y: y)
        result += TextElement.markup(
          .plain(entry.label), x: x + Self.markWidth + 5, y: y + 0.35 * TextElement.small)
        x += Self.width(of: entry)
      }
    }
    return result
  }

  private func rows(width: Double) -> [[Entry]] {
    var rows: [[Entry]] = [[]]
    var used = 0.0
    for entry in entries {
      let size = Self.width(of: entry)
      if used + size - Self.gap > width, used > 0 {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(entry)
      used += size
    }
    return rows
  }

  private static func width(of entry: Entry) -> Double {
    markWidth + 5 + TextElement.width(.plain(entry.label)) + gap
  }

  private static func markup(of entry: Entry, x: Double, y: Double) -> String {
    let (left, right) = (length(x), length(x + markWidth))
    let stroke = "fill=\"none\" stroke=\"\(entry.colour)\""
    switch entry.mark {
    case .line:
      return "<path d=\"M\(left) \(length(y))H\(right)\" \(stroke) stroke-width=\"2\"/>\n"
    case .area:
      return """
        <rect x="\(left)" y="\(length(y - 5))" width="\(length(markWidth))" height="10" \
        fill="\(entry.colour)" fill-opacity="0.22"/>

        """
    case .dot:
      return """
        <circle cx="\(length(x + markWidth / 2))" cy="\(length(y))" r="3" \
        fill="\(entry.colour)"/>

        """
    case .arrow:
      return """
        <path d="M\(left) \(length(y))H\(right)m-5 -3l5 3l-5 3" \(stroke) stroke-width="1.2"/>

        """
    }
  }
}

extension Layer {
  fileprivate var legendMark: Legend.Entry.Mark? {
    switch self {
    case .line: .line
    case .band: .area
    case .dots: .dot
    case .arrows: .arrow
    case .heatMap: nil
    }
  }
}
