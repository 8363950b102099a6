import Charts
import Evaluation

/// Two score fields with an error of the same size, one of which turns.
///
/// See Chao et al. 2023, section 3.1.
public struct QCSBMGaussian: Experiment {
  /// The name on the command line.
  public static let name = "qcsbm-gaussian"

  /// What it computes.
  public static let summary =
    "steps to the mode along scores of equal error, conservative or not (Chao et al. 2023, 3.1)"

  /// The experiment has no length to choose: it is exact and takes less than a second.
  public init(_ options: ExperimentOptions) {}

  /// Computes the tables on every rank.
  ///
  /// - Parameter context: The ranks; nothing is stored.
  /// - Returns: Step counts and asymmetries.
  /// - Throws: Nothing.
  public func run(in context: ExperimentContext) throws -> ExperimentReport {
    ExperimentReport(
      name: Self.name,
      source: "Chao, Sun, Cheng, Lee, arXiv 2209.12753, section 3.1, table of errors and steps",
      settings: [
        "closed forms in double precision; ten points from N(-2, 0.5^2) of numpy's seed 0",
        "step size 0.01 without error and 0.0125 with one, times exp(-i / 1000); 300 steps at most",
        "Asym and NAsym: the authors' sum over 20 x 20 points times density, without cell area",
      ],
      tables: [steps, asymmetries],
      figures: [curves, fields],
      notes: [
        "the published table has the headings of its two asymmetry columns exchanged: under the"
          + " definitions of the paper its 'Asym' is NAsym and its 'NAsym' is Asym; the rows here"
          + " follow the definitions",
        "the constrained field is a gradient as far as the mixture is radial, which ten points on a"
          + " circle are to rounding",
      ])
  }

  private var steps: ReportTable {
    ReportTable(
      "Steps to the mode",
      findings: PublishedRow.all.flatMap { row in
        [
          (PerturbedGaussian.Direction.constrained, row.constrainedSteps, "C"),
          (.unconstrained, row.unconstrainedSteps, "U"),
        ].map { direction, published, model in
          let field = PerturbedGaussian(error: row.error, direction: direction)
          return Finding(
            "\(model), error \(row.error)", [Double(GaussianDescent(field).steps())],
            // An integer is right or wrong.
            expectation: .within(Double(published), spread: 0), published: "\(published)")
        }
      })
  }

  private var asymmetries: ReportTable {
    ReportTable(
      "Asymmetry weighted by density",
      findings: PublishedRow.all.flatMap { row in
        let unconstrained = WeightedAsymmetry(
          of: PerturbedGaussian(error: row.error, direction: .unconstrained))
        let constrained = WeightedAsymmetry(
          of: PerturbedGaussian(error: row.error, direction: .constrained))
        return [
          Finding(
            "U, error \(row.error): Asym", [unconstrained.asymmetry],
            expectation: row.asymmetry.expectation, published: row.asymmetry.text),
          Finding(
            "U, error \(row.error): NAsym", [unconstrained.normalized],
            expectation: row.normalized.expectation, published: row.normalized.text),
          Finding(
            "C, error \(row.error): Asym", [constrained.asymmetry],
            expectation: .atMost(1e-12), published: "0", note: "0 to rounding"),
        ]
      })
  }

  private var curves: ReportFigure {
    let shown = PublishedRow.all.filter { [5e-4, 1.5e-3, 2.25e-3].contains($0.error) }
    let range = 1.0...1e3
    func panel(_ title: String, _ direction: PerturbedGaussian.Direction) -> Panel {
      Panel(
        title, x: Axis("step", range: 0...250),
        y: Axis("mean of max(0, \u{2212}log p)", scale: .logarithmic, range: range),
        layers: shown.map { row in
          let field = PerturbedGaussian(error: row.error, direction: direction)
          let descent = GaussianDescent(field)
          let values = descent.distances(count: descent.steps() + 1).map {
            max($0, range.lowerBound)
          }
          return .line(
            values.enumerated().map { Point(Double($0), $1) }, label: "error \(row.error)")
        })
    }
    return ReportFigure(
      "distance",
      caption: "Mean distance of ten points from the mode, in nats below density 1, along the"
        + " constrained (C) and the unconstrained (U) field with errors of the same size. A curve"
        + " ends where the points have arrived.",
      chart: Chart(
        panels: [panel("C", .constrained), panel("U", .unconstrained)], columns: 2))
  }

  private var fields: ReportFigure {
    let field = PerturbedGaussian(error: 2.25e-3, direction: .unconstrained)
    return ReportFigure(
      "decomposition",
      caption: "The unconstrained field with error 2.25e-3, split into the nearest"
        + " gradient field and the rest, which does not flow through the border. Each panel scales"
        + " its arrows by itself.",
      chart: .decomposition(
        "",
        of: PlaneField(x: -3...3, y: -3...3, columns: 61, rows: 61) {
          field.score(at: $0)
        }))
  }
}

/// A row of the published table, with its two exchanged columns put right.
private struct PublishedRow {
  struct Number {
    let value: Double
    let text: String
    var expectation: Finding.Expectation { .digits(value, 3) }
  }

  let error: Double
  let constrainedSteps: Int
  let unconstrainedSteps: Int
  let asymmetry: Number
  let normalized: Number

  private init(
    _ error: Double, steps: (Int, Int), _ asymmetry: (Double, String),
    _ normalized: (Double, String)
  ) {
    self.error = error
    (constrainedSteps, unconstrainedSteps) = steps
    self.asymmetry = Number(value: asymmetry.0, text: asymmetry.1)
    self.normalized = Number(value: normalized.0, text: normalized.1)
  }

  static let all = [
    PublishedRow(0, steps: (1, 1), (0, "0"), (0, "0")),
    PublishedRow(5e-4, steps: (2, 4), (1.77e-2, "1.77e-2"), (4.41e-7, "4.41e-7")),
    PublishedRow(7.5e-4, steps: (3, 5), (2.65e-2, "2.65e-2"), (6.60e-7, "6.60e-7")),
    PublishedRow(1e-3, steps: (3, 6), (3.53e-2, "3.53e-2"), (8.78e-7, "8.78e-7")),
    PublishedRow(1.5e-3, steps: (4, 57), (5.28e-2, "5.28e-2"), (1.31e-6, "1.31e-6")),
    PublishedRow(1.75e-3, steps: (5, 121), (6.15e-2, "6.15e-2"), (1.53e-6, "1.53e-6")),
    PublishedRow(2.25e-3, steps: (16, 238), (7.89e-2, "7.89e-2"), (1.96e-6, "1.96e-6")),
  ]
}
