public import Execution
public import Scores

/// The score of a model as a function of numbers, for samplers and likelihoods.
///
/// The program is compiled for a fixed number of examples; larger batches go through it in pieces,
/// smaller ones fill a part of it. An example's score depends on its place in the batch to the last
/// digits only.
public final class CompiledScore {
  /// The number of runs of the program so far, each with up to `batch` examples.
  public private(set) var runs = 0

  private let model: DiffusionModel
  private let batch: Int
  private let executable: Executable
  // The program reads the weights where they lie.
  private let weights: ModelWeights

  /// Compiles a model's score.
  ///
  /// - Parameters:
  ///   - model: The model and its process.
  ///   - weights: The values of its parameters, read at each call.
  ///   - batch: The number of examples of a run.
  ///   - companion: What `product`, `divergence` and `jacobian` need.
  ///   - options: Backends and algorithms.
  /// - Throws: An error of a numerical library that cannot do what the program needs.
  public init(
    _ model: DiffusionModel, weights: ModelWeights, batch: Int,
    with companion: ScoreProgram.Companion = .none, options: CompileOptions = CompileOptions()
  ) throws {
    let program = ScoreProgram(model.scoreModel, batch: batch, with: companion)
    self.model = model
    self.batch = batch
    self.weights = weights
    executable = try Executable(program.program, options: options, external: weights.values)
  }

  /// Computes the scores of a batch, a `BatchScore`.
  ///
  /// - Parameters:
  ///   - states: The points, flat [B, D].
  ///   - time: The time of the process.
  ///   - scores: Receives the scores, flat [B, D].
  /// - Throws: An error of a numerical library.
  public func score(_ states: [Float], _ time: Double, _ scores: inout [Float]) throws {
    try forEachPiece(of: states, at: time) { piece in
      copy("score", to: &scores, in: piece, width: model.dimensions)
    }
  }

  /// Computes the scores and the exact divergences of a batch, a `BatchDivergence`.
  ///
  /// - Parameters:
  ///   - states: The points, flat [B, D].
  ///   - time: The time of the process.
  ///   - scores: Receives the scores, flat [B, D].
  ///   - divergences: Receives the traces of the Jacobians, [B].
  /// - Throws: An error of a numerical library.
  public func divergence(
    _ states: [Float], _ time: Double, _ scores: inout [Float], _ divergences: inout [Double]
  ) throws {
    try forEachPiece(of: states, at: time) { piece in
      copy("score", to: &scores, in: piece, width: model.dimensions)
      let results = executable.result("divergence")
      for (row, example) in piece.enumerated() { divergences[example] = Double(results[row]) }
    }
  }

  /// Computes the scores of a batch and their Jacobians' products with tangents, a `BatchProduct`.
  ///
  /// - Parameters:
  ///   - states: The points, flat [B, D].
  ///   - time: The time of the process.
  ///   - tangents: The tangents, flat [B, D].
  ///   - scores: Receives the scores, flat [B, D].
  ///   - products: Receives the products, flat [B, D].
  /// - Throws: An error of a numerical library.
  public func product(
    _ states: [Float], _ time: Double, _ tangents: [Float], _ scores: inout [Float],
    _ products: inout [Float]
  ) throws {
    let prepare = { (piece: Range<Int>) in
      self.fill(ProgramInput.probe(0), from: tangents, piece)
    }
    try forEachPiece(of: states, at: time, prepare: prepare) { piece in
      copy("score", to: &scores, in: piece, width: model.dimensions)
      copy("product", to: &products, in: piece, width: model.dimensions)
    }
  }

  /// Computes the scores of a batch and their whole Jacobians, in a handful of dimensions.
  ///
  /// - Parameters:
  ///   - states: The points, flat [B, D].
  ///   - time: The time of the process.
  ///   - scores: Receives the scores, flat [B, D].
  ///   - jacobians: Receives the Jacobians, flat [B, D, D], with d score_i / d state_j at [b, i, j].
  /// - Throws: An error of a numerical library.
  public func jacobian(
    _ states: [Float], _ time: Double, _ scores: inout [Float], _ jacobians: inout [Float]
  ) throws {
    try forEachPiece(of: states, at: time) { piece in
      copy("score", to: &scores, in: piece, width: model.dimensions)
      copy("jacobian", to: &jacobians, in: piece, width: model.dimensions * model.dimensions)
    }
  }

  private func forEachPiece(
    of states: [Float], at time: Double, prepare: (Range<Int>) -> Void = { _ in },
    _ body: (Range<Int>) -> Void
  ) throws {
    let count = states.count / model.dimensions
    setLevel(time)
    for start in stride(from: 0, to: count, by: batch) {
      let piece = start..<min(start + batch, count)
      fill(ProgramInput.data, from: states, piece)
      prepare(piece)
      try executable.run()
      runs += 1
      body(piece)
    }
  }

  private func setLevel(_ time: Double) {
    let levels = [
      ProgramInput.condition: model.condition.value(at: time, of: model.sde),
      ProgramInput.standardDeviation: model.sde.std(at: time),
    ]
    for (name, value) in levels where executable.hasInput(name) {
      executable.input(name).update(repeating: Float(value))
    }
  }

  private func fill(_ name: String, from values: [Float], _ piece: Range<Int>) {
    let (width, input) = (model.dimensions, executable.input(name))
    values.withUnsafeBufferPointer { values in
      let source = values[piece.lowerBound * width..<piece.upperBound * width]
      _ = UnsafeMutableBufferPointer(rebasing: input[..<source.count])
        .update(fromContentsOf: source)
    }
  }

  private func copy(_ name: String, to values: inout [Float], in piece: Range<Int>, width: Int) {
    let result = executable.result(name)
    let target = piece.lowerBound * width..<piece.upperBound * width
    values.replaceSubrange(target, with: result[..<target.count])
  }
}
