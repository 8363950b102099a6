/// The training and test examples.
public struct DatasetSettings: Codable, Sendable, Equatable {
  /// A file format or a toy density.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Fashion-MNIST as Debian's package installs it, or another folder of its four files.
    case fashionMNIST = "fashion-mnist"
    /// A folder of IDX files named as those of MNIST.
    case idx
    /// The binary version of CIFAR-10.
    case cifar10
    /// Eight Gaussians on a circle.
    case eightGaussians = "toy-8gaussians"
    /// Two interleaved spirals.
    case spirals = "toy-spirals"
    /// A checkerboard of eight squares.
    case checkerboard = "toy-checkerboard"
    /// Three Gaussians of different weights and widths.
    case mixture = "toy-mixture"
    /// Two interleaved half circles in two classes.
    case moons = "toy-moons"
  }

  /// A file format or a toy density.
  public var kind = Kind.cifar10
  /// The folder or file to read; null takes the place where the system's package installs it.
  public var path: String?
  /// The height and width of an image in pixels; smaller images are padded with zeros.
  public var size = 32
  /// Whether each image is mirrored with probability one half in training.
  public var flip = false
  /// The number of points of a toy density.
  public var points = 50_000
  /// Whether uniform noise of one grey level is added to images in training.
  public var dequantize = false
  /// The class to which the examples are restricted; null for all.
  public var only: Int?

  /// Creates the default settings.
  public init() {}

  /// Whether the examples are points of the plane.
  public var isToy: Bool {
    switch kind {
    case .fashionMNIST, .idx, .cifar10: false
    case .eightGaussians, .spirals, .checkerboard, .mixture, .moons: true
    }
  }

  /// The number of classes of the whole data set; 0 if it has no labels.
  public var classes: Int {
    switch kind {
    case .fashionMNIST, .cifar10: 10
    case .moons: 2
    case .idx, .eightGaussians, .spirals, .checkerboard, .mixture: 0
    }
  }
}

extension DatasetSettings {
  enum CodingKeys: String, CodingKey {
    case kind, path, size, flip, points, dequantize
    case only = "class"
  }
}

extension DatasetSettings.Kind: SettingChoice {
  /// The heights in which the images of a known data set can be had, empty where any will do.
  var imageSizes: [Int] {
    switch self {
    case .fashionMNIST: [28, 32]
    case .cifar10: [8, 16, 32]
    case .idx, .eightGaussians, .spirals, .checkerboard, .mixture, .moons: []
    }
  }
}

extension DatasetSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.kind, \.kind, isRequired: true),
    SettingField(CodingKeys.path, \.path, .optional(.nonempty), mayChangeOnResume: true),
    SettingField(CodingKeys.size, \.size, .atLeast(1)),
    SettingField(CodingKeys.flip, \.flip),
    SettingField(CodingKeys.points, \.points, .atLeast(1)),
    SettingField(CodingKeys.dequantize, \.dequantize),
    SettingField(CodingKeys.only, \.only, .optional(.atLeast(0))),
  ]
}
