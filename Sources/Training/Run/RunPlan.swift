import Autodiff
import Checkpoints
import Execution
import Networks
public import RunConfiguration
import Scores

/// What a run will need, found out without data.
public struct RunPlan: Sendable {
  /// The split of the global batch.
  public let batch: BatchPlan
  /// The number of values that training changes.
  public let parameterCount: Int
  /// The number of tensors in a checkpoint, fixed ones included.
  public let tensorCount: Int
  /// Bytes of weights, moments, average and gradients on each rank.
  public let stateBytes: Int
  /// Bytes of gradients on each rank, a part of `stateBytes`.
  public let gradientBytes: Int
  /// The number of examples of the programs that were compiled.
  public let compiledBatch: Int
  /// Bytes of gradients that replicas and micro-batches have of their own before they are added.
  public let partialGradientBytes: Int
  /// Bytes of intermediate tensors and scratch of these programs.
  public let workBytes: Int
  /// The number of kernels and fused loops: of a step with the penalty, and of one between
  /// penalties if there are such steps.
  public let kernelCounts: [Int]
  /// Bytes of a checkpoint, all shards together, without headers.
  public let checkpointBytes: Int

  // From these numbers of weights or of values of a micro-batch on, the fewest examples of which the
  // right part is penalized, or one group of batch normalization, are compiled, and the rest is
  // proportion.
  private static let largeNetwork = 10_000_000
  private static let largeBatch = 1 << 18

  /// Builds the model and compiles the program of a training step.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - ranks: The number of ranks.
  /// - Throws: `ConfigurationError`, `NetworkError`, `TrainingError.tooLittleMemory`, an error of a
  ///   numerical library.
  public init(_ settings: RunSettings, ranks: Int) throws {
    try settings.validate(ranks: ranks)
    batch = try settings.batchPlan(ranks: ranks)
    let subject = try settings.trainingSubject()
    let layout = ParameterLayout(subject.network.parameters)
    parameterCount = layout.trainableCount
    tensorCount = layout.parameters.count
    stateBytes = TrainingState.byteCount(layout, settings.dataParallel, ranks: ranks)
    gradientBytes = layout.trainableExtent * MemoryLayout<Float>.stride
    let buffers = settings.dataParallel.hasLocalSteps ? 5 : 4
    checkpointBytes =
      buffers * MemoryLayout<Float>.stride * layout.table.slices.reduce(0) { $0 + $1.elementCount }
    let penalized = settings.trainingObjective.penalizedExamples(of: batch.microBatch)
    let smallest =
      settings.model.kind.isResidualClassifier
      ? settings.normalizationGroup
      : batch.microBatch / Self.greatestCommonDivisor(batch.microBatch, penalized)
    let values = batch.microBatch * subject.network.exampleShape.count
    let isLarge = layout.trainableCount >= Self.largeNetwork || values > Self.largeBatch
    compiledBatch = isLarge ? smallest : batch.microBatch
    let partialGradients = batch.replicas - 1 + (batch.accumulation > 1 ? batch.replicas : 0)
    partialGradientBytes = partialGradients * gradientBytes
    try TrainingState.requireMemory(for: layout)
    let state = TrainingState(layout)
    var options = settings.compileOptions
    options.gradientsEarly = settings.computesGradientsEarly(in: batch)
    let programs = try StepPrograms(
      TrainingPrograms(
        subject, prior: settings.priorModel(), batch: compiledBatch,
        globalBatch: batch.globalBatch),
      state: state, gradients: state.gradients, accumulates: false,
      options: options)
    workBytes = programs.workBytes
    kernelCounts = programs.kernelCounts
  }

  /// Bytes of intermediate tensors for a whole micro-batch of each replica, by proportion if less
  /// was compiled.
  public var estimatedWorkBytes: Int {
    workBytes / compiledBatch * batch.microBatch * batch.replicas
  }

  /// The plan as lines to print.
  public var lines: [String] {
    let compiled =
      compiledBatch == batch.microBatch
      ? "" : ", estimated from \(Self.mebibytes(workBytes)) for \(compiledBatch)"
    let replicas = batch.replicas == 1 ? "" : " x \(batch.replicas) replicas"
    let partial =
      partialGradientBytes == 0
      ? [] : ["  gradients of replicas and passes: \(Self.mebibytes(partialGradientBytes))"]
    return [
      "parameters: \(Self.grouped(parameterCount)) in \(tensorCount) tensors",
      "batch: \(batch.globalBatch) = \(batch.ranks) ranks\(replicas) x \(batch.accumulation)"
        + " passes x \(batch.microBatch) examples",
      "program: \(kernelCounts[0]) kernels and fused loops"
        + (kernelCounts.dropFirst().first.map { ", \($0) in steps without the penalty" } ?? ""),
      "memory of a rank:"
        + " \(Self.mebibytes(stateBytes + partialGradientBytes + estimatedWorkBytes))",
      "  weights, gradients, moments, average: \(Self.mebibytes(stateBytes))",
    ] + partial + [
      "  arena and scratch for \(batch.microBatch) examples\(replicas):"
        + " \(Self.mebibytes(estimatedWorkBytes))\(compiled)",
      "checkpoint: \(Self.mebibytes(checkpointBytes)) in \(batch.ranks) shards",
    ]
  }

  private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : greatestCommonDivisor(right, left % right)
  }

  private static func mebibytes(_ bytes: Int) -> String {
    let tenths = (bytes * 10 + 524_288) / 1_048_576
    return "\(tenths / 10).\(tenths % 10) MiB"
  }

  private static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.indices.reduce(into: "") { text, index in
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digits[index])
    }
  }
}
