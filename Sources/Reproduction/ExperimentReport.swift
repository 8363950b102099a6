public import Charts

/// What an experiment found, ready to be printed.
public struct ExperimentReport: Sendable, Codable {
  /// The experiment's name.
  public var name: String
  /// The paper and its section or table.
  public var source: String
  /// How it was computed: model, steps, seeds, and which form of a reference was used.
  public var settings: [String]
  /// The tables in order.
  public var tables: [ReportTable]
  /// The figures in order.
  public var figures: [ReportFigure]
  /// What a reader must know: what does not agree and what was tried.
  public var notes: [String]

  /// Makes a report.
  public init(
    name: String, source: String, settings: [String], tables: [ReportTable],
    figures: [ReportFigure] = [], notes: [String] = []
  ) {
    self.name = name
    self.source = source
    self.settings = settings
    self.tables = tables
    self.figures = figures
    self.notes = notes
  }
}

/// Findings under one title.
public struct ReportTable: Sendable, Codable {
  /// The title.
  public var title: String
  /// The rows.
  public var findings: [Finding]

  /// Makes a table.
  public init(_ title: String, findings: [Finding]) {
    self.title = title
    self.findings = findings
  }
}

/// A chart with its caption.
public struct ReportFigure: Sendable, Codable {
  /// The name of its files, without an extension.
  public var name: String
  /// What it shows.
  public var caption: String
  /// The chart.
  public var chart: Chart

  /// Makes a figure.
  public init(_ name: String, caption: String, chart: Chart) {
    self.name = name
    self.caption = caption
    self.chart = chart
  }
}
