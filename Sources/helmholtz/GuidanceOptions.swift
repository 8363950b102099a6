import ArgumentParser
import Autodiff
import Evaluation
import MPI
import Networks
import RunConfiguration
import Training

/// The class of which samples are wanted, and the run of the classifier that knows it.
struct GuidanceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder of a classifier's run, to draw samples of one class.", valueName: "run"))
  var classifier: String?

  @Option(name: .customLong("class"), help: "The class of all samples.")
  var label: Int?

  @Option(name: .customLong("guidance"), help: "The factor of the classifier's gradient.")
  var factor = 1.0

  func validate() throws {
    guard (classifier == nil) == (label == nil) else {
      throw ValidationError(
        "found --\(classifier == nil ? "class" : "classifier") alone, expected --classifier and"
          + " --class together")
    }
  }

  /// A classifier's guidance with the stored model that holds its weights.
  struct Guide {
    let guidance: ClassGuidance
    let stored: StoredModel<NoisyClassifier>
  }

  /// Reads the classifier and checks that it was trained for the noise and data of a score model.
  ///
  /// Every rank must call this.
  func guidance(
    for score: StoredModel<DiffusionModel>, over world: Communicator
  ) throws -> Guide? {
    guard let classifier, let label else { return nil }
    let stored = try StoredModel(
      classifierOf: classifier, weights: { $0.ema.isOn ? .ema : .raw }, over: world)
    return try world.together {
      guard (0..<stored.model.classes).contains(label) else {
        throw ValidationError(
          "--class: found \(label), expected a class from 0 to \(stored.model.classes - 1)")
      }
      guard stored.model.classifier.network.exampleShape.dimensions == score.model.exampleShape,
        stored.settings.sde == score.settings.sde
      else {
        throw ValidationError(
          "--classifier: found other examples or another sde than those of the score model,"
            + " expected the same")
      }
      return Guide(
        guidance: ClassGuidance(
          stored.model, weights: stored.weights, label: label, factor: factor), stored: stored)
    }
  }
}
