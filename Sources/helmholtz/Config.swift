import ArgumentParser
import RunConfiguration

/// Prints and compares configurations.
struct Config: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print or compare configurations.", subcommands: [Show.self, Diff.self])

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print all settings with the origin of each value.")

    @OptionGroup var choice: ConfigurationChoice

    func run() throws {
      let resolved = try choice.resolved()
      guard Session.speaks else { return }
      print(resolved.annotatedYAML, terminator: "")
      for warning in resolved.warnings { Session.warn(warning) }
    }
  }

  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print the settings in which two configurations differ.")

    @Argument(help: "A preset or a YAML file.")
    var left: String

    @Argument(help: "Another one.")
    var right: String

    func run() throws {
      let (left, right) = (try ResolvedSettings(left), try ResolvedSettings(right))
      guard Session.speaks else { return }
      for difference in RunSettings.differences(between: left.settings, and: right.settings) {
        print(difference)
      }
    }
  }
}

/// The argument and options by which commands take a configuration.
struct ConfigurationChoice: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A preset or a YAML file.",
      discussion: "Presets: " + Preset.allCases.map(\.name).joined(separator: ", ") + "."))
  var config: String

  @OptionGroup var changes: SettingChanges

  func resolved() throws -> ResolvedSettings {
    try ResolvedSettings(config, overrides: changes.overrides)
  }
}
