public import RunConfiguration

extension ResolvedSettings {
  /// The number of steps from one logged step to the next.
  ///
  /// A number that the user wrote holds as it is. Defaults and presets are made for long runs: a
  /// short one is logged 200 times, and one of up to 399 steps at each step.
  public var logInterval: Int {
    switch origin(of: "training.log_every") {
    case .file, .override: settings.training.logEvery
    case .defaultValue, .preset:
      max(1, min(settings.training.logEvery, settings.training.steps / 200))
    }
  }
}
