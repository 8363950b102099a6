import Foundation
import FoundationXML
import Testing

@testable import Charts

@Suite struct ChartTests {
  private func panel(_ layers: [Layer], _ scale: Axis.Scale = .linear) -> Panel {
    Panel("a < b", x: Axis("t"), y: Axis("loss", scale: scale), layers: layers)
  }

  private func isWellFormed(_ text: String) -> Bool {
    let parser = XMLParser(data: Data(text.utf8))
    return parser.parse()
  }

  @Test func everyKindOfLayerGivesWellFormedMarkup() {
    let points = (0..<20).map { Point(Double($0), Double($0 * $0)) }
    let map = HeatMap(columns: 2, values: [0, 1, .nan, 3], x: 0...19, y: 0...361)
    let chart = Chart(
      "R & D",
      panels: [
        panel([.line(points, label: "a"), .dots(points, label: "\"b\"")]),
        panel([
          .heatMap(map, label: "density"),
          .arrows([Arrow(at: Point(3, 40), 1, -2), Arrow(at: Point(4, 50), .nan, 0)], label: ""),
        ]),
        panel([
          .band(x: [0, 1], lower: [1, 2], upper: [3, 5], label: ""), .line(points, label: "a"),
        ]),
      ], columns: 2)
    #expect(isWellFormed(chart.svg))
    #expect(chart.svg.contains("R &amp; D") && chart.svg.contains("&quot;b&quot;"))
  }

  @Test func emptyPanelsAndSingleValuesHaveAxes() {
    for layers in [[], [Layer.line([Point(1, 2)], label: "")], [.dots([], label: "none")]] {
      for scale in [Axis.Scale.linear, .logarithmic] {
        #expect(isWellFormed(Chart(panels: [panel(layers, scale)]).svg))
      }
    }
  }

  @Test func linesBreakWhereAValueHasNoPlace() {
    let points = [1, 10, -1, 100, .nan, 1000, 2000].enumerated().map { Point(Double($0), $1) }
    let panel = panel([], .logarithmic)
    var wide = panel
    wide.x.range = 0...6
    wide.y.range = 1...1e4
    let drawing = LayerDrawing(area: PlotArea(wide))
    let markup = drawing.markup(.line(points, label: ""), colour: "#000")
    #expect(markup.count { $0 == "M" } == 3 && markup.count { $0 == "L" } == 2)
  }

  @Test func cellsOfAHeatMapCoverItOnceWhereValuesAreKnown() {
    let values = (0..<100).map { $0 == 55 ? Double.nan : Double($0 / 10) }
    let map = HeatMap(columns: 10, values: values, x: 0...1, y: 0...1)
    let area = PlotArea(Panel(x: Axis(""), y: Axis(""), layers: [.heatMap(map, label: "")]))
    let runs = HeatMapDrawing(area: area, map: map).markup
      .matches(of: /M\d+ \d+h(\d+)v1/).compactMap { Int($0.output.1) }
    #expect(runs.reduce(0, +) == 99)
    // Nine rows of one colour and one that is interrupted.
    #expect(runs.count == 11)
  }

  @Test func longLayersStaySmall() {
    let samples = (0..<50_000).map { index in
      Point(Double(index % 251) / 251, Double(index % 241) / 241)
    }
    let curve = (0..<100_000).map { Point(Double($0), Double($0 % 7)) }
    let dots = Chart(panels: [panel([.dots(samples, label: "")])]).svg
    let line = Chart(panels: [panel([.line(curve.map { Point($0.x, 0.001 * $0.x) }, label: "")])])
    #expect(dots.utf8.count < 1_000_000)
    #expect(line.svg.utf8.count < 50_000)
  }

  @Test func labelsKeepTheirColoursInAllPanelsAndBandsThoseOfTheirLines() {
    let a = Layer.line([Point(0, 0)], label: "a")
    let b = Layer.line([Point(0, 0)], label: "b")
    let band = Layer.band(x: [0], lower: [0], upper: [1], label: "")
    let chart = Chart(panels: [panel([a, b]), panel([band, b])])
    let colours = SeriesColours(chart)
    let first = colours.colours(of: chart.panels[0])
    #expect(first[0] != first[1])
    #expect(colours.colours(of: chart.panels[1]) == [first[1], first[1]])
  }
}
