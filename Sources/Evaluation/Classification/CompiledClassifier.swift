import Autodiff
public import Execution
public import Scores

/// A classifier of trained weights as functions of numbers, in evaluation mode.
///
/// The program is compiled for a fixed number of examples; larger batches go through it in pieces,
/// smaller ones fill a part of it.
public final class CompiledClassifier {
  private let model: NoisyClassifier
  private let batch: Int
  private let executable: Executable
  // The program reads the weights where they lie.
  private let weights: ModelWeights

  /// Compiles a classifier.
  ///
  /// - Parameters:
  ///   - model: The classifier and its process.
  ///   - weights: The values of its parameters, read at each call.
  ///   - batch: The number of examples of a run.
  ///   - differentiates: Whether likelihood scores are wanted.
  ///   - options: Backends and algorithms.
  /// - Throws: An error of a numerical library that cannot do what the program needs.
  public init(
    _ model: NoisyClassifier, weights: ModelWeights, batch: Int, differentiates: Bool = true,
    options: CompileOptions = CompileOptions()
  ) throws {
    let program = ClassifierProgram(
      model.classifier, batch: batch, differentiates: differentiates)
    self.model = model
    self.batch = batch
    self.weights = weights
    executable = try Executable(program.program, options: options, external: weights.values)
  }

  /// The score of the likelihood of one class for all examples, `grad log p(y | x)`.
  ///
  /// - Parameter label: The number of the class.
  /// - Returns: A function that throws errors of a numerical library.
  public func likelihoodScore(ofClass label: Int) -> BatchScore {
    precondition((0..<model.classes).contains(label), "class \(label) of \(model.classes)")
    return { [self] states, time, scores in
      executable.input(ProgramInput.label).update(repeating: Float(label))
      try forEachPiece(of: states, at: time) { piece in
        let result = executable.result("gradient")
        let target = piece.lowerBound * model.dimensions..<piece.upperBound * model.dimensions
        scores.replaceSubrange(target, with: result[..<target.count])
      }
    }
  }

  /// Compares the classes of noisy examples with their labels.
  ///
  /// - Parameters:
  ///   - states: The noisy examples, flat [B, D].
  ///   - labels: Their classes, [B].
  ///   - time: The time of the process.
  /// - Returns: Whether the largest logit is that of the label, and the cross-entropy, for each
  ///   example.
  /// - Throws: An error of a numerical library.
  public func judge(
    _ states: [Float], labels: [Int], at time: Double
  ) throws -> [(isCorrect: Bool, crossEntropy: Double)] {
    var verdicts: [(isCorrect: Bool, crossEntropy: Double)] = []
    try forEachPiece(of: states, at: time) { piece in
      for (row, example) in piece.enumerated() {
        executable.input(ProgramInput.label)[row] = Float(labels[example])
      }
    } read: { piece in
      let logits = executable.result("logits")
      let entropies = executable.result("cross_entropy")
      for (row, example) in piece.enumerated() {
        let own = logits[row * model.classes..<(row + 1) * model.classes]
        let best = own.indices.max { own[$0] < own[$1] }.map { $0 - own.startIndex }
        verdicts.append((best == labels[example], Double(entropies[row])))
      }
    }
    return verdicts
  }

  private func forEachPiece(
    of states: [Float], at time: Double, _ read: (Range<Int>) -> Void
  ) throws {
    try forEachPiece(of: states, at: time, prepare: { _ in }, read: read)
  }

  private func forEachPiece(
    of states: [Float], at time: Double, prepare: (Range<Int>) -> Void,
    read: (Range<Int>) -> Void
  ) throws {
    let (width, count) = (model.dimensions, states.count / model.dimensions)
    executable.input(ProgramInput.condition).update(
      repeating: Float(model.condition.value(at: time, of: model.sde)))
    let input = executable.input(ProgramInput.data)
    for start in stride(from: 0, to: count, by: batch) {
      let piece = start..<min(start + batch, count)
      _ = UnsafeMutableBufferPointer(rebasing: input[..<(piece.count * width)])
        .update(fromContentsOf: states[piece.lowerBound * width..<piece.upperBound * width])
      prepare(piece)
      try executable.run()
      read(piece)
    }
  }
}
