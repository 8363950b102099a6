import Autodiff
public import Networks

extension TrainingProgram {
  /// Builds the program of a classifier's training step: losses, gradients, and the statistics of
  /// batch normalization.
  ///
  /// Inputs are those of `ProgramInput` with `label`, the classifier's parameters under their own
  /// names, and what the prior score needs if likelihood scores are matched. Terms are `dlsm` and
  /// `cross_entropy`, results otherwise as for a score model. In addition `statistic/NAME` is, for
  /// each running statistic of batch normalization, the statistic of the batch, divided so that its
  /// sum over micro-batches and ranks is the mean over all groups of the global batch.
  ///
  /// The likelihood score is the gradient of the classifier with the statistics of the batch, as in
  /// the authors' code: it includes derivatives across the examples of a group.
  ///
  /// - Parameters:
  ///   - classifier: The classifier that is trained.
  ///   - objective: What it is trained on.
  ///   - prior: The score of the data without their class; read for likelihood score matching only.
  ///   - batch: The number B of examples of a run.
  ///   - globalBatch: The number of examples of a step over all micro-batches and ranks.
  public init(
    _ classifier: Classifier, objective: ClassifierObjective, prior: PriorScore, batch: Int,
    globalBatch: Int
  ) {
    let pass = ClassifierPass(classifier, objective, batch: batch)
    var results: [(name: String, value: Value)] = []
    var terms: [LossTerm] = []
    var loss = pass.graph.constant(0)
    func add(_ name: String, _ examples: Value, strength: Float) {
      let term = LossTerm(name, strength: Double(strength))
      let mean = examples.sum() * (1 / Float(globalBatch))
      loss = loss + mean * strength
      results += [(name, mean), (term.examplesName, examples)]
      terms.append(term)
    }
    if let likelihood = objective.likelihood {
      let examples = likelihood.losses(
        likelihoodScore: classifier.gradient(pass.logits, at: pass.data, choice: pass.choice),
        priorScore: pass.score(of: prior), noise: pass.noise,
        standardDeviation: pass.standardDeviation)
      add(LossTerm.likelihood, examples, strength: likelihood.strength)
    }
    if let crossEntropy = objective.crossEntropy {
      let examples = crossEntropy.losses(
        logits: pass.logits, choice: pass.choice, standardDeviation: pass.standardDeviation)
      add(LossTerm.crossEntropy, examples, strength: crossEntropy.strength)
    }
    let share = Float(batch) / Float(globalBatch)
    let moments = pass.statistics.moments
    let parameters = classifier.network.trainableParameters
    let gradients = gradients(of: loss, at: parameters.map { pass.parameters[$0] })
    self.batch = batch
    self.terms = terms
    statistics = moments.map(\.parameter)
    program = Program(
      [("loss", loss)] + results
        + zip(parameters, gradients).map { (Self.gradientName(of: $0), $1) }
        + moments.map { (Self.statisticName(of: $0.parameter), $0.value * share) })
  }

  /// The name of the result that holds the batch's part of a running statistic.
  public static func statisticName(of parameter: Parameter) -> String {
    "statistic/\(parameter.name)"
  }
}

/// The inputs of a classifier's program and its logits at the noisy data.
private struct ClassifierPass {
  let graph = Graph()
  let noise: Value
  let standardDeviation: Value
  let condition: Value
  let data: Value
  let choice: Value
  let logits: Value
  let parameters: ParameterValues
  let statistics: BatchStatistics

  init(_ classifier: Classifier, _ objective: ClassifierObjective, batch: Int) {
    let (graph, network) = (graph, classifier.network)
    func input(_ name: String, _ shape: Shape = []) -> Value {
      graph.input(name, Shape([batch] + shape.dimensions))
    }
    noise = input(ProgramInput.noise, network.exampleShape)
    standardDeviation = input(ProgramInput.standardDeviation)
    condition = input(ProgramInput.condition)
    let clean = input(ProgramInput.data, network.exampleShape)
    let factor = input(ProgramInput.meanFactor)
    data = clean * factor.aligned(with: clean) + noise * standardDeviation.aligned(with: noise)
    choice = classifier.choice(input(ProgramInput.label))
    parameters = ParameterValues(inputsOf: graph)
    statistics = BatchStatistics(group: objective.normalizationGroup)
    logits = network.logits(
      data, noise: condition, parameters: parameters, statistics: statistics)
  }

  func score(of prior: PriorScore) -> Value {
    switch prior {
    case .input: graph.input(ProgramInput.priorScore, data.shape)
    case .model(let model):
      model.score(
        data, noise: condition, standardDeviation: standardDeviation,
        parameters: ParameterValues { [graph] parameter in
          graph.input(ProgramInput.prior(parameter.name), parameter.shape)
        })
    }
  }
}
