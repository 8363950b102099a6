/// A configuration that ships with the program.
public enum Preset: String, Sendable, CaseIterable {
  /// The unconstrained toy model on 8-Gaussians.
  case toyUnconstrained = "toy-8gaussians-u"
  /// The toy model whose score is the gradient of an energy.
  case toyConstrained = "toy-8gaussians-c"
  /// The toy model with the quasi-conservative penalty.
  case toyQuasiConservative = "toy-8gaussians-qc"
  /// The unconstrained toy model on Spirals.
  case spiralsUnconstrained = "toy-spirals-u"
  /// The toy model on Spirals whose score is the gradient of an energy.
  case spiralsConstrained = "toy-spirals-c"
  /// The toy model on Spirals with the quasi-conservative penalty.
  case spiralsQuasiConservative = "toy-spirals-qc"
  /// The unconstrained toy model on Checkerboard.
  case checkerboardUnconstrained = "toy-checkerboard-u"
  /// The toy model on Checkerboard whose score is the gradient of an energy.
  case checkerboardConstrained = "toy-checkerboard-c"
  /// The toy model on Checkerboard with the quasi-conservative penalty.
  case checkerboardQuasiConservative = "toy-checkerboard-qc"
  /// Denoising with a smooth network on a mixture of three Gaussians.
  case mixtureDenoising = "toy-mixture-dsm"
  /// The same with the score Fokker-Planck penalty.
  case mixtureFokkerPlanck = "toy-mixture-fpe"
  /// The score model of two moons in two classes.
  case toyMoons = "toy-moons"
  /// A small unconstrained NCSN++ on Fashion-MNIST.
  case fashionUnconstrained = "fashion-mnist-u"
  /// A small NCSN++ on Fashion-MNIST whose score is the gradient of an energy.
  case fashionConstrained = "fashion-mnist-c"
  /// A small NCSN++ on Fashion-MNIST with the quasi-conservative penalty.
  case fashionQuasiConservative = "fashion-mnist-qc"
  /// The published quasi-conservative NCSN++ on CIFAR-10.
  case cifarQuasiConservative = "cifar10-qc"

  /// The preset's name on the command line.
  public var name: String { rawValue }

  /// The preset as YAML.
  public var yaml: String { String(decoding: bytes, as: UTF8.self) }

  /// The first line of the preset's comment.
  public var summary: String {
    let line = yaml.prefix { !$0.isNewline }
    return String(line.drop { $0 == "#" || $0 == " " })
  }

  private var bytes: [UInt8] {
    switch self {
    case .toyUnconstrained: PackageResources.toy_8gaussians_u_yaml
    case .toyConstrained: PackageResources.toy_8gaussians_c_yaml
    case .toyQuasiConservative: PackageResources.toy_8gaussians_qc_yaml
    case .spiralsUnconstrained: PackageResources.toy_spirals_u_yaml
    case .spiralsConstrained: PackageResources.toy_spirals_c_yaml
    case .spiralsQuasiConservative: PackageResources.toy_spirals_qc_yaml
    case .checkerboardUnconstrained: PackageResources.toy_checkerboard_u_yaml
    case .checkerboardConstrained: PackageResources.toy_checkerboard_c_yaml
    case .checkerboardQuasiConservative: PackageResources.toy_checkerboard_qc_yaml
    case .mixtureDenoising: PackageResources.toy_mixture_dsm_yaml
    case .mixtureFokkerPlanck: PackageResources.toy_mixture_fpe_yaml
    case .toyMoons: PackageResources.toy_moons_yaml
    case .fashionUnconstrained: PackageResources.fashion_mnist_u_yaml
    case .fashionConstrained: PackageResources.fashion_mnist_c_yaml
    case .fashionQuasiConservative: PackageResources.fashion_mnist_qc_yaml
    case .cifarQuasiConservative: PackageResources.cifar10_qc_yaml
    }
  }

  /// The preset of this name.
  static func named(_ name: String, source: String? = nil, line: Int? = nil)
    throws(ConfigurationError) -> Preset
  {
    guard let preset = Preset(rawValue: name) else {
      let names = allCases.map(\.name)
      throw ConfigurationError(
        .unknownPreset, source: source, line: line, key: source == nil ? nil : "preset",
        found: name.abbreviated, expected: "a preset (\(names.joined(separator: ", ")))",
        suggestion: Spelling.nearest(to: name, among: names))
    }
    return preset
  }
}
