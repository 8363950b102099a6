/// The colours of the layers of a figure; a label has the same one in all panels.
struct SeriesColours {
  /// The colour of layers without a label over a heat map.
  static let overHeatMap = "#fff"
  private static let besideLabels = "#444"

  private let byLabel: [String: Int]

  init(_ chart: Chart) {
    var byLabel: [String: Int] = [:]
    for layer in chart.panels.flatMap(\.layers) where layer.isSeries && !layer.label.isEmpty {
      if byLabel[layer.label] == nil { byLabel[layer.label] = byLabel.count }
    }
    self.byLabel = byLabel
  }

  /// The colour of each layer of a panel.
  ///
  /// A band without a label belongs to the next layer with one. Other layers without a label are
  /// white over heat maps, grey beside labelled ones, and of different colours elsewhere.
  func colours(of panel: Panel) -> [String] {
    let hasHeatMap = panel.layers.contains { $0.heatMap != nil }
    let hasLabels = panel.layers.contains { byLabel[$0.label] != nil }
    var unlabelled = 0
    return panel.layers.indices.map { index in
      let layer = panel.layers[index]
      if let known = byLabel[layer.label] { return Palette.colour(known) }
      if case .band = layer,
        let owner = panel.layers[index...].first(where: { byLabel[$0.label] != nil })
      {
        return Palette.colour(byLabel[owner.label] ?? 0)
      }
      if hasHeatMap { return Self.overHeatMap }
      if hasLabels { return Self.besideLabels }
      defer { if layer.isSeries, !layer.isBand { unlabelled += 1 } }
      return Palette.colour(unlabelled)
    }
  }
}

extension Layer {
  /// Whether the layer has one colour.
  var isSeries: Bool { heatMap == nil }

  /// Whether the layer is an area.
  var isBand: Bool {
    if case .band = self { true } else { false }
  }
}
