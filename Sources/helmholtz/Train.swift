import ArgumentParser
import RunConfiguration
import Training

/// Trains a model, or continues to.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model; the same command continues a run that was stopped.")

  @OptionGroup var choice: ConfigurationChoice

  func run() throws {
    _ = try choice.resolved()
  }
}
