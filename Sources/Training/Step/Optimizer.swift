import CVectorKernels
import Foundation
public import RunConfiguration

/// Adam with warm-up and clipping by the global norm, followed by an average of the weights.
///
/// Sources: Kingma and Ba 2015, algorithm 1, in PyTorch's arrangement; Song et al. 2021, arXiv
/// 2011.13456, appendix H, for warm-up and the ramp of the average.
public struct Optimizer: Sendable {
  /// Adam's settings, warm-up and clipping.
  public let settings: OptimizerSettings
  /// The average's settings.
  public let averaging: EMASettings

  /// Combines the settings.
  public init(_ settings: OptimizerSettings, averaging: EMASettings) {
    self.settings = settings
    self.averaging = averaging
  }

  /// The learning rate after so many steps: it rises from 0 during warm-up and is constant then.
  public func learningRate(afterSteps step: Int) -> Double {
    guard settings.warmupSteps > 0 else { return settings.learningRate }
    return settings.learningRate * min(Double(step) / Double(settings.warmupSteps), 1)
  }

  /// The factor that brings a gradient of this global norm to at most `clip_norm`.
  public func clipFactor(ofNorm norm: Double) -> Double {
    guard settings.clipNorm > 0 else { return 1 }
    // The small term is PyTorch's; it keeps a zero gradient finite.
    return min(1, settings.clipNorm / (norm + 1e-6))
  }

  /// The weight of the old average in the given update, counted from 1.
  public func averageDecay(ofUpdate update: Int) -> Double {
    guard averaging.ramp else { return averaging.decay }
    return min(averaging.decay, Double(1 + update) / Double(10 + update))
  }

  /// The global norm of a state's gradients, accumulated in double precision.
  public static func gradientNorm(of state: TrainingState) -> Double {
    hk_sum_squares(state.gradients.values.baseAddress, state.gradients.count).squareRoot()
  }

  /// Updates weights, moments and average from the gradients, in one pass, and counts the update.
  ///
  /// The learning rate is that of the state's `step`, which the caller advances afterwards.
  ///
  /// - Parameters:
  ///   - state: The state, whose gradients are finite.
  ///   - norm: The global norm of the gradients.
  public func update(_ state: TrainingState, gradientNorm norm: Double) {
    begin(state, gradientNorm: norm)(0..<state.layout.trainableExtent)
  }

  /// Counts an update of which several threads make a part each.
  ///
  /// - Parameters:
  ///   - state: As for ``update(_:gradientNorm:)``.
  ///   - norm: The global norm of the gradients, times the factor.
  ///   - factor: What the gradients are multiplied by.
  ///   - averages: Whether the average moves too.
  /// - Returns: Updates the given elements of the flat buffers, of which each must be given once.
  func begin(
    _ state: TrainingState, gradientNorm norm: Double, gradientFactor factor: Double = 1,
    averages: Bool = true
  ) -> (Range<Int>) -> Void {
    state.counters.optimizerUpdates += 1
    state.counters.averageUpdates += 1
    let updates = Double(state.counters.optimizerUpdates)
    let numbers = hk_adam(
      learningRate: learningRate(afterSteps: state.counters.step), beta1: settings.beta1,
      beta2: settings.beta2, epsilon: settings.epsilon, weightDecay: settings.weightDecay,
      biasCorrection1: 1 - pow(settings.beta1, updates),
      biasCorrection2: 1 - pow(settings.beta2, updates),
      gradientScale: factor * clipFactor(ofNorm: norm),
      emaDecay: averageDecay(ofUpdate: state.counters.averageUpdates))
    return { range in
      var numbers = numbers
      hk_adam_ema(
        &numbers, state.parameters[range].baseAddress, state.gradients[range].baseAddress,
        state.firstMoments[range].baseAddress, state.secondMoments[range].baseAddress,
        averages ? state.average[range].baseAddress : nil, range.count)
    }
  }
}
