public import Training

/// Why an experiment cannot be run, by what the user can do about it.
public enum ReproductionError: Error, Equatable {
  /// There is no experiment of the name; correct it.
  case unknownExperiment(found: String, known: [String])

  /// The folder belongs to another experiment, or to one of other options; use another folder.
  case otherExperiment(folder: String, found: String, expected: String)

  /// The folder holds files that are no experiment; use another folder.
  case notAnExperiment(folder: String, found: String)
}

extension ReproductionError: CustomStringConvertible {
  /// One line that names the thing, what was found and what was expected.
  public var description: String {
    switch self {
    case .unknownExperiment(let found, let known):
      "experiment '\(found)' does not exist, expected one of \(known.joined(separator: ", "))"
    case .otherExperiment(let folder, let found, let expected):
      "\(folder) holds \(found), expected \(expected); give another --run"
    case .notAnExperiment(let folder, let found):
      "\(folder) is no folder of an experiment: found \(found), expected experiment.json or an"
        + " empty folder"
    }
  }
}

extension ReproductionError: FailureWithStatus {
  /// Bad usage.
  public var exitStatus: ExitStatus { .usage }
}
