/// Colours that people who see colours differently can tell apart, also in print.
///
/// Lines: Okabe and Ito, "Color Universal Design" (2008). Heat maps: `viridis` of Smith and van der
/// Walt (2015), which rises evenly in lightness.
enum Palette {
  /// The colours of lines, bands and dots in order; they repeat.
  static let series = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
  ]

  /// The colour of a series.
  static func colour(_ index: Int) -> String { series[index % series.count] }

  /// The colour of a heat map's value, from 0 for the lowest to 1 for the highest.
  static func heat(_ fraction: Double) -> String {
    let position = min(max(fraction, 0), 1) * Double(viridis.count - 1)
    let index = min(Int(position), viridis.count - 2)
    let share = position - Double(index)
    let channels = zip(viridis[index], viridis[index + 1]).map { low, high in
      Int((Double(low) + share * Double(high - low)).rounded())
    }
    return "#" + channels.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static let viridis = [
    [68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137],
    [53, 183, 121], [109, 205, 89], [180, 222, 44], [253, 231, 37],
  ]
}
