extension ExperimentReport {
  /// What is said of a shortened run.
  static let quickWarning =
    "a quick run: its figures are those of a shortened computation and claim no agreement"

  /// The number of findings that meet their expectation, and of those that have one.
  var agreement: (met: Int, all: Int) {
    let verdicts = tables.flatMap(\.findings).compactMap(\.agrees)
    return (verdicts.count { $0 }, verdicts.count)
  }

  /// How many findings agree, in words.
  func verdict(isQuick: Bool) -> String {
    if isQuick { return Self.quickWarning }
    let (met, all) = agreement
    return "\(met) of \(all) figures agree with what is expected of them"
  }

  /// The report as lines to print.
  ///
  /// - Parameter isQuick: Whether the experiment was shortened.
  /// - Returns: Tables with aligned columns, notes, and how many figures agree.
  public func lines(isQuick: Bool) -> [String] {
    var lines = ["", "\(name): \(source)"]
    lines += settings.map { "  \($0)" }
    for table in tables {
      lines += ["", table.title] + Self.aligned(table.findings, isQuick: isQuick)
    }
    if !notes.isEmpty { lines += [""] + notes.map { "note: \($0)" } }
    return lines + ["", verdict(isQuick: isQuick)]
  }

  private static func aligned(_ findings: [Finding], isQuick: Bool) -> [String] {
    let rows =
      [["quantity", "published", "ours", "agrees", ""]]
      + findings.map { finding in
        let text = FindingText(finding, isQuick: isQuick)
        return [text.quantity, text.published, text.ours, text.agreement, text.note]
      }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { text, width in
        text + String(repeating: " ", count: width - text.count)
      }
      let line = "  " + cells.joined(separator: "  ") + "  " + row[4]
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
