/// A published value with the half-width of its confidence interval over three runs.
struct PublishedValue {
  let mean: Double
  let spread: Double

  init(_ mean: Double, _ spread: Double) {
    (self.mean, self.spread) = (mean, spread)
  }
}

/// Table 1 of Chao et al., QCSBM, 2023, as their project page prints it.
struct PublishedTable1 {
  let scoreError: PublishedValue
  let asymmetry: PublishedValue
  let normalizedAsymmetry: PublishedValue
  let nats: PublishedValue

  /// The row of a model on a set.
  init(_ set: PlaneSet, _ model: PlaneModel) {
    switch (set, model) {
    case (.gaussians, .constrained): self.init(conservative: (0.434, 0.006), (5.24, 0.03))
    case (.gaussians, .unconstrained):
      self.init((0.414, 0.013), (1.06e-2, 0.16e-2), (1.42e-3, 0.43e-3), (5.02, 0.03))
    case (.gaussians, .quasiConservative):
      self.init((0.420, 0.007), (9.49e-3, 3.07e-3), (1.38e-3, 0.41e-3), (5.01, 0.09))
    case (.spirals, .constrained): self.init(conservative: (1.59, 0.05), (5.61, 0.17))
    case (.spirals, .unconstrained):
      self.init((1.50, 0.18), (7.35e-1, 0.41e-1), (8.19e-2, 1.82e-2), (5.11, 0.11))
    case (.spirals, .quasiConservative):
      self.init((1.56, 0.08), (3.18e-1, 0.16e-1), (5.73e-2, 1.64e-2), (5.04, 0.04))
    case (.checkerboard, .constrained): self.init(conservative: (0.765, 0.036), (5.19, 0.08))
    case (.checkerboard, .unconstrained):
      self.init((0.679, 0.027), (1.05e-1, 0.18e-1), (2.51e-2, 0.43e-2), (5.09, 0.02))
    case (.checkerboard, .quasiConservative):
      self.init((0.679, 0.026), (7.06e-2, 0.43e-2), (1.70e-2, 0.18e-2), (5.08, 0.02))
    }
  }

  private init(
    _ error: (Double, Double), _ asymmetry: (Double, Double), _ normalized: (Double, Double),
    _ nats: (Double, Double)
  ) {
    scoreError = PublishedValue(error.0, error.1)
    self.asymmetry = PublishedValue(asymmetry.0, asymmetry.1)
    normalizedAsymmetry = PublishedValue(normalized.0, normalized.1)
    self.nats = PublishedValue(nats.0, nats.1)
  }

  private init(conservative error: (Double, Double), _ nats: (Double, Double)) {
    self.init(error, (0, 0), (0, 0), nats)
  }
}
