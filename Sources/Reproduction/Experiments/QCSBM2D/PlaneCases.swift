/// A data set of the plane in Table 1.
enum PlaneSet: String, CaseIterable {
  case gaussians = "8gaussians"
  case spirals
  case checkerboard

  /// The name in the table.
  var title: String {
    switch self {
    case .gaussians: "8-Gaussian"
    case .spirals: "Spirals"
    case .checkerboard: "Checkerboard"
    }
  }

  /// Half the side of the square that holds nearly all points.
  var extent: Double { 9 }
}

/// A model of Table 1.
enum PlaneModel: String, CaseIterable {
  case constrained = "c"
  case unconstrained = "u"
  case quasiConservative = "qc"

  /// The name in the table.
  var title: String { rawValue.uppercased() }
}

/// One training of the experiment.
struct PlaneCase {
  let set: PlaneSet
  let model: PlaneModel
  let seed: Int

  /// The name of its run folder and of its stages.
  var name: String { "\(set.rawValue)-\(model.rawValue)-\(seed)" }

  /// The preset of its recipe.
  var preset: String { "toy-\(set.rawValue)-\(model.rawValue)" }
}
