import Execution
public import RunConfiguration

/// Why a run cannot start, go on or end well, by what the user can do about it.
///
/// All ranks come to the same error, from what rank 0 found or from a reduction.
public enum TrainingError: Error, Equatable {
  /// The run folder holds a run of other settings: use another folder, or `--fresh`.
  case otherConfiguration(folder: String, differences: [SettingDifference])

  /// The folder holds files that are no run: use another folder.
  case notARunFolder(path: String, found: String)

  /// The losses or gradients were not finite too often in a row: change the recipe.
  case diverged(step: Int, terms: [String], limit: Int)

  /// The data have another shape than the model takes: change one of them.
  case unsuitableData(name: String, found: [Int], expected: [Int])

  /// The data set has fewer examples than one global batch: enlarge it or take a smaller batch.
  case tooFewExamples(name: String, found: Int, expected: Int)

  /// What a setting asks for needs more bytes than the machine of a rank has: lower it.
  case tooLittleMemory(key: String, need: String, found: Int, expected: Int)

  /// The run that `classifier.score_run` names cannot serve as the score of the prior: name another.
  case unsuitableScoreRun(path: String, found: String, expected: String)
}

extension TrainingError: CustomStringConvertible {
  /// One line that names the thing, what was found and what was expected.
  public var description: String {
    switch self {
    case .otherConfiguration(let folder, let differences):
      "\(folder) holds a run of another configuration: "
        + differences.map(\.description).joined(separator: ", ")
        + "; give another --run, or --fresh to start anew beside it"
    case .notARunFolder(let path, let found):
      "\(path) is no run folder: found \(found), expected config.yaml or an empty folder"
    case .diverged(let step, let terms, let limit):
      "step \(step): \(terms.joined(separator: ", ")) not finite, after \(limit) steps in a row"
        + " that were skipped for that (training.nonfinite_limit)"
    case .unsuitableData(let name, let found, let expected):
      "data set \(name) has examples of shape \(found), expected \(expected)"
    case .tooFewExamples(let name, let found, let expected):
      "data set \(name) has \(found) examples, expected at least training.global_batch = \(expected)"
    case .tooLittleMemory(let key, let need, let found, let expected):
      "\(key): \(need) need \(Quantity.bytes(expected)) of memory, the machine has"
        + " \(Quantity.bytes(found))"
    case .unsuitableScoreRun(let path, let found, let expected):
      "classifier.score_run \(path): found \(found), expected \(expected)"
    }
  }
}

extension TrainingError {
  /// Says which setting asks for more memory than there is.
  ///
  /// - Parameters:
  ///   - key: The setting.
  ///   - need: What it makes large, in the plural.
  ///   - check: Finds out whether it fits.
  /// - Throws: ``tooLittleMemory(key:need:found:expected:)``.
  static func ifMemoryLacks(
    _ key: String, _ need: String, _ check: () throws(MemoryShortage) -> Void
  ) throws(TrainingError) {
    do throws(MemoryShortage) {
      try check()
    } catch {
      throw .tooLittleMemory(key: key, need: need, found: error.present, expected: error.needed)
    }
  }
}
