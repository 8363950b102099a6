extension RegularizerSettings {
  /// The weight of the Fokker-Planck penalty's vector term at a time, g being the diffusion.
  public enum TimeWeight: String, Codable, Sendable, CaseIterable {
    /// 1.
    case constant
    /// g.
    case diffusion
    /// g^2.
    case likelihood
  }

  /// How the time derivative of the score is computed.
  public enum TimeDerivative: String, Codable, Sendable, CaseIterable {
    /// By automatic differentiation.
    case exact
    /// From three points in time, closer together near 0.
    case stencil
  }

  /// How the divergence of the score is computed.
  public enum Divergence: String, Codable, Sendable, CaseIterable {
    /// Estimated with random vectors.
    case probes
    /// From the whole Jacobian, for points of the plane.
    case exact
  }

  /// How the gradient of the equation's right-hand side is computed; the values are the same.
  public enum GradientRoute: String, Codable, Sendable, CaseIterable {
    /// From products with the Jacobian.
    case products
    /// As the gradient of a gradient, which takes derivatives of third order in training.
    case nested
  }

  /// What the scalar term is the norm of.
  public enum ScalarForm: String, Codable, Sendable, CaseIterable {
    /// With the divergence of the drift, of mean 0 for the exact score.
    case meanZero = "mean_zero"
    /// Without it, as the paper's code has it.
    case code
  }
}

extension RegularizerSettings.TimeWeight: SettingChoice {}
extension RegularizerSettings.TimeDerivative: SettingChoice {}
extension RegularizerSettings.Divergence: SettingChoice {}
extension RegularizerSettings.GradientRoute: SettingChoice {}
extension RegularizerSettings.ScalarForm: SettingChoice {}
