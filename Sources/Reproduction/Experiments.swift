/// The experiments that the command line offers.
public enum Experiments {
  /// All of them, in the order in which they are listed.
  public static let all: [any Experiment.Type] = [
    QCSBMGaussian.self,
    QCSBMAutoencoder.self,
    QCSBM2D.self,
    SkewEstimator.self,
    DLSMMoons.self,
    FPMixture.self,
  ]

  /// The experiment of a name.
  ///
  /// - Parameter name: The name on the command line.
  /// - Returns: Its type.
  /// - Throws: ``ReproductionError/unknownExperiment(found:known:)``.
  public static func named(_ name: String) throws(ReproductionError) -> any Experiment.Type {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .unknownExperiment(found: name, known: all.map { $0.name })
    }
    return found
  }
}
