/// A panel with axes, legend and colour bar, and the room it takes.
struct PanelDrawing {
  private let panel: Panel
  private let area: PlotArea
  private let colours: [String]
  private let xTicks: AxisTicks
  private let yTicks: AxisTicks
  private let legend: Legend?
  private let bar: ColourBar?

  /// Lays a panel out.
  ///
  /// - Parameters:
  ///   - panel: What is drawn.
  ///   - colours: The colour of each layer.
  ///   - hasLegend: Whether the panel has a legend of its own.
  init(_ panel: Panel, colours: [String], hasLegend: Bool) {
    self.panel = panel
    self.colours = colours
    area = PlotArea(panel)
    xTicks = area.x.ticks(spacing: panel.isSquare ? 38 : 55)
    yTicks = area.y.ticks(spacing: 38)
    legend = hasLegend ? Legend(panel, colours: colours) : nil
    let height = area.height
    bar =
      panel.layers.lazy.compactMap { layer in
        layer.heatMap.map { ColourBar($0, label: layer.label, height: height) }
      }.first
  }

  /// The room to the left of the plot area.
  private var left: Double {
    let numbers = yTicks.major.map { TextElement.width($0.text) }.max() ?? 0
    return numbers + 10 + (panel.y.label.isEmpty ? 0 : 20)
  }

  /// The room above the plot area.
  var top: Double {
    8 + (panel.title.isEmpty ? 0 : 20) + (legend?.height(width: area.width) ?? 0)
  }

  /// The whole width.
  var width: Double { left + area.width + (bar.map { 10 + $0.width } ?? 0) + 14 }

  /// The height below the upper end of the plot area.
  var bottom: Double { area.height + 24 + (panel.x.label.isEmpty ? 0 : 18) }

  /// The panel with the upper end of its plot area at a given height.
  func markup(plotTop: Double) -> String {
    var result = "<g transform=\"translate(\(length(left)) \(length(plotTop)))\">\n"
    if !panel.title.isEmpty {
      result += TextElement.markup(
        .plain(panel.title), x: area.width / 2, y: 14 - top, size: TextElement.large,
        anchor: .middle, isBold: true)
    }
    if let legend, let height = legend.entries.isEmpty ? nil : legend.height(width: area.width) {
      result += "<g transform=\"translate(0 \(length(-height - 2)))\">\n"
      result += legend.markup(width: area.width) + "</g>\n"
    }
    result += content + axes
    if let bar {
      result += "<g transform=\"translate(\(length(area.width + 10)) 0)\">\n\(bar.markup)</g>\n"
    }
    return result + "</g>\n"
  }

  // A nested element cuts off what is outside.
  private var content: String {
    let drawing = LayerDrawing(area: area)
    var result = """
      <svg width="\(length(area.width))" height="\(length(area.height))" overflow="hidden">
      <path d="\(grid)" stroke="#e4e4e4" stroke-width="0.8" fill="none"/>

      """
    // An area over a line would hide it.
    let layers = zip(panel.layers, colours).enumerated().sorted {
      ($0.element.0.depth, $0.offset) < ($1.element.0.depth, $1.offset)
    }
    for (layer, colour) in layers.map(\.element) {
      result += drawing.markup(layer, colour: colour)
    }
    return result + "</svg>\n"
  }

  private var grid: String {
    guard bar == nil else { return "" }
    let vertical = xTicks.major.compactMap { area.x($0.value) }
      .map { "M\(length($0)) 0V\(length(area.height))" }
    let horizontal = yTicks.major.compactMap { area.y($0.value) }
      .map { "M0 \(length(area.height - $0))H\(length(area.width))" }
    return (vertical + horizontal).joined()
  }

  private var axes: String {
    let (width, height) = (area.width, area.height)
    var marks = ""
    var texts = ""
    for mark in xTicks.major {
      guard let x = area.x(mark.value) else { continue }
      marks += "M\(length(x)) \(length(height))v5"
      texts += TextElement.markup(mark.text, x: x, y: height + 18, anchor: .middle)
    }
    for mark in yTicks.major {
      guard let y = area.y(mark.value) else { continue }
      marks += "M0 \(length(height - y))h-5"
      texts += TextElement.markup(
        mark.text, x: -8, y: height - y + 0.35 * TextElement.small, anchor: .end)
    }
    marks += xTicks.minor.compactMap { area.x($0) }
      .map { "M\(length($0)) \(length(height))v2.5" }.joined()
    marks += yTicks.minor.compactMap { area.y($0) }
      .map { "M0 \(length(height - $0))h-2.5" }.joined()
    if !panel.x.label.isEmpty {
      texts += TextElement.markup(
        .plain(panel.x.label), x: width / 2, y: height + 35, size: TextElement.large,
        anchor: .middle)
    }
    if !panel.y.label.isEmpty {
      texts += TextElement.markup(
        .plain(panel.y.label), x: 14 - left, y: height / 2, size: TextElement.large,
        anchor: .middle, isVertical: true)
    }
    return """
      <path d="M0 0H\(length(width))V\(length(height))H0Z\(marks)" fill="none" stroke="#222" \
      stroke-width="0.9"/>
      \(texts)
      """
  }
}

extension Layer {
  /// How near to the viewer the layer lies.
  fileprivate var depth: Int {
    switch self {
    case .heatMap: 0
    case .band: 1
    case .line, .dots, .arrows: 2
    }
  }
}
