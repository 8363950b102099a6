extension Chart {
  /// The figure as a document of Scalable Vector Graphics 1.1 that needs nothing else.
  ///
  /// Units are printer's points: one panel is about as wide as a column of a paper. The same
  /// document may stand inside an HTML page.
  public var svg: String {
    let colours = SeriesColours(self)
    let perPanel = panels.map { colours.colours(of: $0) }
    let legends = zip(panels, perPanel).map { Legend($0, colours: $1) }
    // One legend for all panels, if they have the same.
    let shared = legends.count > 1 && legends.allSatisfy { $0 == legends[0] } ? legends[0] : nil
    let drawings = zip(panels, perPanel).map {
      PanelDrawing($0, colours: $1, hasLegend: shared == nil)
    }
    return ChartLayout(title: title, columns: columns, drawings: drawings, legend: shared).svg
  }
}

/// Panels in rows below a title.
private struct ChartLayout {
  let title: String
  let columns: Int
  let drawings: [PanelDrawing]
  let legend: Legend?

  private var rows: [[PanelDrawing]] {
    stride(from: 0, to: drawings.count, by: columns).map {
      Array(drawings[$0..<min($0 + columns, drawings.count)])
    }
  }

  private var columnWidths: [Double] {
    (0..<columns).map { column in
      rows.compactMap { column < $0.count ? $0[column].width : nil }.max() ?? 0
    }
  }

  var svg: String {
    let width = columnWidths.reduce(0, +) + 6
    var (y, body) = (title.isEmpty ? 2.0 : 26, "")
    if !title.isEmpty {
      body += TextElement.markup(
        .plain(title), x: width / 2, y: 18, size: 14, anchor: .middle, isBold: true)
    }
    if let legend, !legend.entries.isEmpty {
      body += "<g transform=\"translate(30 \(length(y)))\">\n"
      body += legend.markup(width: width - 60) + "</g>\n"
      y += legend.height(width: width - 60)
    }
    for row in rows {
      let top = row.map(\.top).max() ?? 0
      var x = 3.0
      for (drawing, columnWidth) in zip(row, columnWidths) {
        body += "<g transform=\"translate(\(length(x)) 0)\">\n"
        body += drawing.markup(plotTop: y + top) + "</g>\n"
        x += columnWidth
      }
      y += top + (row.map(\.bottom).max() ?? 0) + 8
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(length(width))" height="\(length(y))" \
      viewBox="0 0 \(length(width)) \(length(y))" \
      font-family="Helvetica, Arial, 'Liberation Sans', sans-serif" fill="#222">
      <rect width="\(length(width))" height="\(length(y))" fill="#fff"/>
      \(body)</svg>

      """
  }
}
