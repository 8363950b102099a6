import Evaluation
import MPI
import Training

/// Likelihood score matching on two moons.
///
/// The table of distances and samples and the curves over training of Chao et al. 2022, arXiv
/// 2203.14206, with the recipe of the authors' toy code.
struct DLSMMoons: Experiment {
  static let name = "dlsm-moons"
  static let summary =
    "Chao et al. 2022, Table 1 and Figure 5: classifiers by DLSM and cross-entropy on two moons"

  private let options: ExperimentOptions
  private let length: MoonsLength
  private var seeds: Int { options.seeds ?? (options.isQuick ? 1 : 5) }

  init(_ options: ExperimentOptions) {
    self.options = options
    length = options.isQuick ? .quick : .full
  }

  func run(in context: ExperimentContext) throws -> ExperimentReport {
    let runs = [MoonsRun.score, .classScore(0), .classScore(1)] + MoonsRun.classifiers
    var results = MoonsResults(
      measures: [], samples: [], stepSeconds: runs.map { ($0.title, []) })
    for seed in 1...seeds {
      let models = MoonsModels(context: context, seed: seed, length: length)
      for (index, run) in runs.enumerated() {
        try models.train(run)
        let rates = try context.curve(of: "images_per_second", in: run.name(seed: seed))
        let rate = rates.reduce(0) { $0 + $1.value } / Double(max(rates.count, 1))
        results.stepSeconds[index].values.append(rate > 0 ? Double(length.batch) / rate : 0)
      }
      results.measures.append(
        try context.stage("seed-\(seed)-measures") { try models.measures() })
      var samples: [String: [MoonsSamples]] = [:]
      for method in MoonsMethod.allCases {
        samples[method.rawValue] = try context.stage("seed-\(seed)-samples-\(method)") {
          try models.samples(method)
        }
      }
      results.samples.append(samples)
    }
    return try report(results, in: context)
  }

  private func report(
    _ results: MoonsResults, in context: ExperimentContext
  ) throws -> ExperimentReport {
    let field = try MoonsField(floor: 0)
    let models = MoonsModels(context: context, seed: 1, length: length)
    let estimated = try [MoonsMethod.base, .likelihood, .total].map { method in
      (method.rawValue, try models.estimates(method, on: field.grid)[0].likelihood ?? [])
    }
    return ExperimentReport(
      name: Self.name, source: "Chao et al., ICLR 2022, arXiv 2203.14206, Table 1 and Figure 5",
      settings: settings, tables: results.tables(length),
      figures: results.figures(
        fields: [("Exact", field.likelihood(ofClass: 0))] + estimated, grid: field.grid),
      notes: notes)
  }

  private var settings: [String] {
    [
      "two moons of 10,000 points, MLPs of 44,818 parameters told sigma, sigma log-uniform in"
        + " [0.001, 10]",
      "\(length.steps) steps of \(length.batch) points, Adam: scores 6.5e-4, CE and Total 1e-5, DLSM"
        + " 2e-5; Total has 0.125 times the cross-entropy; \(seeds) seeds",
      "logarithm of probabilities: log softmax (the reference adds 1e-8 to probabilities)",
      "exact scores by Parzen's formula without the reference's 1e-8; beside them the reference's form",
      "cross-entropy: mean over \(length.levels) noise levels, log-uniform, of"
        + " \(length.examples) points",
      "samples: \(length.langevinSteps) Langevin steps of size 3.5 at sigma = 7.5 from N(0, I),"
        + " \(length.samples) of each class (the reference's annealed sampler ascends in noise and"
        + " is not reproduced)",
    ]
  }

  private var notes: [String] {
    [
      "The scale alpha of the paper's row Scaling is not written in its configurations; 10 is the"
        + " README's.",
      "Values of Figure 5 were read off the plot.",
    ]
  }
}
