import Charts
import Foundation

/// Medians and quartiles over the seeds of one activation.
struct AutoencoderSummary {
  let activation: String
  let curves: [AutoencoderCurve]

  /// A median line and the band between the quartiles.
  func layers(of values: KeyPath<AutoencoderCurve, [Double]>) -> [Layer] {
    SeedSpread.layers(
      x: curves[0].steps.map(Double.init), curves: curves.map { $0[keyPath: values] },
      label: activation)
  }

  /// What is held against the bounds.
  var table: ReportTable {
    let early = "after 2,500 steps"
    let last = curves[0].steps.last ?? 0
    let (start, middle, end) = (
      median(0, \.penalty), median(2500, \.penalty), median(last, \.penalty)
    )
    let published = published
    return ReportTable(
      "h = \(activation): medians over \(curves.count) seeds",
      findings: [
        Finding("L_QC at the start", [start], published: published.start),
        Finding(
          "L_QC \(early)", [middle], published: published.middle, note: spread(2500, \.penalty)),
        Finding(
          "fall of L_QC \(early)", [start / middle], expectation: .atLeast(50),
          published: "at least 50", note: "the median at the start over the median then"),
        Finding(
          "the same, seed by seed", [falls.median], expectation: .atLeast(50),
          published: "at least 50",
          note: String(
            format: "each seed's own fall, quartiles %.2g and %.2g",
            falls.quantile(0.25), falls.quantile(0.75))),
        Finding(
          "L_QC at the end", [end], expectation: .atMost(1e-6), published: "below 1e-6",
          note: spread(last, \.penalty)),
        Finding("asymmetry of WR^T at the start", [median(0, \.asymmetry)]),
        Finding(
          "asymmetry of WR^T at the end", [median(last, \.asymmetry)], expectation: .atMost(0.01),
          published: "0 (read)", note: spread(last, \.asymmetry)),
        Finding(
          "|W - R| at the start", [median(0, \.distance)], published: "1.00 (seed 8)"),
        Finding(
          "|W - R| at the end", [median(last, \.distance)], published: published.distance,
          note: spread(last, \.distance)),
        Finding(
          "|W - R| at the end over that at the start",
          [median(last, \.distance) / median(0, \.distance)],
          expectation: .atLeast(0.5), published: "not to 0"),
      ])
  }

  /// How many times each seed's penalty has fallen after 2,500 steps.
  private var falls: SeedSpread {
    SeedSpread(curves.map { $0.penalty[0] / $0.penalty[$0.index(of: 2500)] })
  }

  private var published: (start: String, middle: String, distance: String) {
    activation == "sigmoid"
      ? ("6.28e-3 (seed 8)", "7.5e-5 (seed 8), about 0 (read)", "1.04 (read)")
      : ("0.2625 (seed 8)", "4.5e-3 (seed 8)", "1.0074 (seed 8)")
  }

  private func values(_ step: Int, _ values: KeyPath<AutoencoderCurve, [Double]>) -> SeedSpread {
    SeedSpread(curves.map { $0[keyPath: values][$0.index(of: step)] })
  }

  private func median(_ step: Int, _ path: KeyPath<AutoencoderCurve, [Double]>) -> Double {
    values(step, path).median
  }

  private func spread(_ step: Int, _ path: KeyPath<AutoencoderCurve, [Double]>) -> String {
    let range = values(step, path).range
    return String(format: "seeds from %.2g to %.2g", range.least, range.greatest)
  }
}
