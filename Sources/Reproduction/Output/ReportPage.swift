import Charts

/// A report as one HTML page that needs no other file, no script and no network.
struct ReportPage {
  let report: ExperimentReport
  let options: ExperimentOptions
  let version: String

  /// The page.
  var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(report.name.escapedForXML)</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <h1>\(report.name.escapedForXML)</h1>
    <p class="source">\(report.source.escapedForXML)</p>
    <p class="verdict">\(report.verdict(isQuick: options.isQuick).escapedForXML)</p>
    \(report.tables.map(table).joined())\
    \(report.figures.map(figure).joined())\
    \(list("Notes", report.notes))\
    \(list("Settings", report.settings))\
    <footer>helmholtz \(version.escapedForXML), reproduce \
    \(report.name.escapedForXML)\(optionWords.escapedForXML)</footer>
    </body>
    </html>

    """
  }

  private var optionWords: String {
    (options.seeds.map { " --seeds \($0)" } ?? "") + (options.isQuick ? " --quick" : "")
  }

  private func table(_ table: ReportTable) -> String {
    let rows = table.findings.map { finding in
      let text = FindingText(finding, isQuick: options.isQuick)
      let note = text.note.isEmpty ? "" : "<br><small>\(text.note.escapedForXML)</small>"
      return """
        <tr><td>\(text.quantity.escapedForXML)\(note)</td><td>\(text.published.escapedForXML)</td>\
        <td>\(text.ours.escapedForXML)</td>\
        <td class="\(text.agreement == "-" ? "none" : text.agreement)">\(text.agreement)</td></tr>

        """
    }
    return """
      <h2>\(table.title.escapedForXML)</h2>
      <table>
      <tr><th>quantity</th><th>published</th><th>ours</th><th>agrees</th></tr>
      \(rows.joined())</table>

      """
  }

  private func figure(_ figure: ReportFigure) -> String {
    """
    <figure>
    \(figure.chart.svg)<figcaption>\(figure.caption.escapedForXML)</figcaption>
    </figure>

    """
  }

  private func list(_ title: String, _ lines: [String]) -> String {
    guard !lines.isEmpty else { return "" }
    let items = lines.map { "<li>\($0.escapedForXML)</li>\n" }
    return "<h2>\(title)</h2>\n<ul>\n\(items.joined())</ul>\n"
  }

  private static let style = """
    body { font: 16px/1.5 Georgia, 'Times New Roman', serif; color: #222; background: #fff;
      max-width: 62em; margin: 2em auto; padding: 0 1em; }
    h1, h2, table, footer { font-family: Helvetica, Arial, sans-serif; }
    h1 { font-size: 1.6em; margin-bottom: 0; }
    h2 { font-size: 1.1em; margin-top: 2em; }
    .source { color: #555; margin-top: 0.2em; }
    .verdict { font-weight: bold; }
    table { border-collapse: collapse; font-size: 0.85em; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; vertical-align: top; padding: 0.25em 1.2em 0.25em 0;
      border-bottom: 1px solid #ddd; }
    th { border-bottom: 1.5px solid #222; }
    small { color: #666; }
    .yes { color: #00664d; }
    .NO { color: #b00020; font-weight: bold; }
    .quick, .none { color: #777; }
    figure { margin: 2.2em 0; }
    figure svg { max-width: 100%; height: auto; }
    figcaption, footer { font-size: 0.85em; color: #444; }
    footer { margin-top: 3em; border-top: 1px solid #ddd; padding-top: 0.6em; }
    @media print { body { margin: 0; } figure { break-inside: avoid; } }
    """
}
