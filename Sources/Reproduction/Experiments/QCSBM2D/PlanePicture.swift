import Datasets
import Evaluation
import Foundation
import RunConfiguration
import Scores
import Training

/// The field and the density of a trained model on a grid.
struct PlanePicture: Codable {
  let set: String
  let model: String
  /// The noise level of the field.
  let std: Double
  /// Points along each axis of the field's grid, ends included.
  let fieldSide: Int
  /// Scores at the field's grid, flat [rows, columns, 2], rows from the smallest ordinate up.
  let scores: [Float]
  /// Points along each axis of the density's grid.
  let densitySide: Int
  /// The model's density, rows from the smallest ordinate up.
  let density: [Double]

  /// The field on its grid.
  func field(extent: Double) -> PlaneField {
    PlaneField(
      x: -extent...extent, y: -extent...extent, columns: fieldSide, rows: fieldSide,
      values: stride(from: 0, to: scores.count, by: 2).map {
        SIMD2(Double(scores[$0]), Double(scores[$0 + 1]))
      })
  }
}

extension QCSBM2D {
  // Noise of about the width of the data's details.
  private static let pictureTime = 0.5

  /// Draws fields and densities of the first seed; every rank must call this.
  func pictures(in context: ExperimentContext) throws -> [PlanePicture] {
    try PlaneSet.allCases.flatMap { set in
      try PlaneModel.allCases.map { model in
        let task = PlaneCase(set: set, model: model, seed: 0)
        return try context.stage("picture-\(task.name)") { () -> PlanePicture? in
          try picture(of: task, in: context)
        }.required(task.name)
      }
    }
  }

  private func picture(
    of task: PlaneCase, in context: ExperimentContext
  ) throws -> PlanePicture? {
    let settings = try settings(of: task)
    let state = try context.train(settings, as: task.name)
    let weights = ModelWeights(borrowing: state.bindings(to: state.parameters))
    let model = try settings.diffusionModel()
    let (fieldSide, densitySide) = options.isQuick ? (16, 16) : (49, 96)
    let range = -task.set.extent...task.set.extent
    let points = PlaneField.points(x: range, y: range, columns: fieldSide, rows: fieldSide)
    let cells = PlaneGrid(side: densitySide, extent: task.set.extent)
    var plan = try settings.likelihoodPlan(available: cells.count)
    plan.examples = cells.count
    let likelihood = try measureLikelihood(
      of: model, weights: weights, plan: plan, data: cells, over: context.world)
    guard let likelihood else { return nil }
    let compiled = try CompiledScore(model, weights: weights, batch: points.count)
    var scores = [Float](repeating: 0, count: 2 * points.count)
    try compiled.score(
      points.flatMap { [Float($0.x), Float($0.y)] }, Self.pictureTime, &scores)
    return PlanePicture(
      set: task.set.rawValue, model: task.model.rawValue,
      std: model.sde.std(at: Self.pictureTime), fieldSide: fieldSide, scores: scores,
      densitySide: densitySide, density: likelihood.nats.map { exp(-$0) })
  }
}

/// The centres of the cells of a square grid about the origin.
struct PlaneGrid: Dataset {
  let side: Int
  let extent: Double

  let name = "grid"
  let shape = [2]
  var count: Int { side * side }

  /// The width of a cell.
  var spacing: Double { 2 * extent / Double(side) }

  /// A coordinate of the centre of a cell.
  func coordinate(_ index: Int) -> Double { (Double(index) + 0.5) * spacing - extent }

  func copyExample(
    _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
  ) {
    out[0] = Float(coordinate(index % side))
    out[1] = Float(coordinate(index / side))
  }
}
