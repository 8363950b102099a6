import ArgumentParser

/// The option by which commands take changes of single settings.
struct SettingChanges: ParsableArguments {
  @Option(
    name: .customLong("set"), help: ArgumentHelp("Change a setting.", valueName: "key=value"))
  var overrides: [String] = []
}
