import Autodiff

/// The loss of a training program as it is put together, term by term.
struct LossSum {
  /// The sum of the terms times their factors.
  private(set) var loss: Value
  /// The terms in order.
  private(set) var terms: [LossTerm] = []
  /// The results of all terms.
  private(set) var results: [(name: String, value: Value)] = []

  private let batch: Int
  private let globalBatch: Int

  /// Starts with nothing.
  init(_ graph: Graph, batch: Int, globalBatch: Int) {
    loss = graph.constant(0)
    self.batch = batch
    self.globalBatch = globalBatch
  }

  /// Adds a term that is a mean over examples.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - examples: Its values, of some or all examples of the micro-batch.
  ///   - strength: Its factor.
  ///   - repeats: How many times it counts.
  mutating func add(_ name: String, _ examples: Value, strength: Float, repeats: Int = 1) {
    let mean = record(name, examples, strength: strength)
    loss = loss + mean * (strength * Float(repeats))
  }

  /// Adds a penalty.
  ///
  /// - Parameters:
  ///   - penalty: The penalty.
  ///   - noisy: The examples that have it.
  ///   - probes: Its probes.
  ///   - repeats: How many times it counts.
  mutating func add(_ penalty: Penalty, of noisy: NoisyBatch, probes: [Value], repeats: Int) {
    switch penalty {
    case .quasiConservative(let penalty):
      let penalties = penalty.penalties(score: noisy.score, at: noisy.data, probes: probes)
      add(
        LossTerm.regularizer, penalties * penalty.noiseWeight(noisy.standardDeviation),
        strength: penalty.strength, repeats: repeats)
    case .fokkerPlanck(let penalty):
      let equation = noisy.fokkerPlanckEquation
      if penalty.strength != 0 {
        let examples = penalty.vectorTerm(
          equation, scoreRate: noisy.scoreRate(by: penalty.timeDerivative), probes: probes)
        add(LossTerm.fokkerPlanck, examples, strength: penalty.strength, repeats: repeats)
      }
      if penalty.hasScalarTerm {
        addNorm(
          LossTerm.fokkerPlanckScalar, of: penalty.scalarResidual(equation, probes: probes),
          strength: penalty.scalarStrength, repeats: repeats)
      }
    }
  }

  // The norm is sqrt(S) with S the sum of q^2 over the global batch. With 1 / sqrt(S) known, the
  // sum of q^2 / sqrt(S) has its value, and twice its gradient.
  private mutating func addNorm(_ name: String, of values: Value, strength: Float, repeats: Int) {
    let reciprocal = values.graph.input(ProgramInput.scalarNormReciprocal, [1])
    let shares = square(values) * reciprocal * Float(globalBatch)
    let norm = record(name, shares, strength: strength)
    loss = loss + 0.5 * (norm + norm.stoppingGradient) * (strength * Float(repeats))
  }

  private mutating func record(_ name: String, _ examples: Value, strength: Float) -> Value {
    let term = LossTerm(name, strength: Double(strength))
    let share = Float(batch) / Float(examples.shape[0])
    let mean = examples.sum() * (share / Float(globalBatch))
    results += [(name, mean), (term.examplesName, examples)]
    terms.append(term)
    return mean
  }
}
