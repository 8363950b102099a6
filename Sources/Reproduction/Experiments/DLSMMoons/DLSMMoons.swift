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
    self.init(options, length: options.isQuick ? .quick : .full)
  }

  /// Describes the experiment at another length.
  init(_ options: ExperimentOptions, length: MoonsLength) {
    self.options = options
    self.length = length
  }

  func run(in context: ExperimentContext) throws -> ExperimentReport {
    var results = MoonsResults(measures: [], samples: [], stepSeconds: [])
    for seed in 1...seeds {
      let models = MoonsModels(context: context, seed: seed, length: length)
      for run in Self.runs(ofSeed: seed) {
        try models.train(run)
        results.addStepSeconds(try stepSeconds(run, seed, context), of: run)
      }
      let methods = MoonsMethod.allCases.filter { seed == 1 || $0.classifier != nil }
      results.measures.append(
        try context.stage("seed-\(seed)-measures") { try models.measures(of: methods) })
      var samples: [String: [MoonsSamples]] = [:]
      for method in methods {
        samples[method.rawValue] = try context.stage("seed-\(seed)-samples-\(method)") {
          try models.samples(method)
        }
      }
      results.samples.append(samples)
    }
    return try report(results, in: context)
  }

  // The scores of single classes are a row of the table that says nothing about classifiers; one
  // seed of them does.
  private static func runs(ofSeed seed: Int) -> [MoonsRun] {
    [.score] + (seed == 1 ? [.classScore(0), .classScore(1)] : []) + MoonsRun.classifiers
  }

  private func stepSeconds(
    _ run: MoonsRun, _ seed: Int, _ context: ExperimentContext
  ) throws -> Double {
    let rates = try context.curve(of: "images_per_second", in: run.name(seed: seed))
    let rate = rates.reduce(0) { $0 + $1.value } / Double(max(rates.count, 1))
    return rate > 0 ? Double(length.batch) / rate : 0
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
        + " 2e-5; Total has 0.125 times the cross-entropy; \(seeds) seeds, of Posterior SM one",
      "logarithm of probabilities: log softmax (the reference adds 1e-8 to probabilities)",
      "exact scores by Parzen's formula, in the reference's form, on which the published table"
        + " depends, and as they are; curves use them as they are",
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
