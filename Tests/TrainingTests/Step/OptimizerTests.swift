import Autodiff
import Foundation
import Networks
import RunConfiguration
import TestSupport
import Testing
import Training

/// Adam, warm-up, clipping and averaging against PyTorch and their definitions.
@Suite struct OptimizerTests {
  private static func optimizer(
    warmup: Int = 0, clip: Double = 0, decay: Double = 0, ramp: Bool = true
  ) -> Optimizer {
    var settings = OptimizerSettings()
    settings.learningRate = 0.01
    settings.warmupSteps = warmup
    settings.clipNorm = clip
    var averaging = EMASettings()
    averaging.decay = decay
    averaging.ramp = ramp
    return Optimizer(settings, averaging: averaging)
  }

  @Test func stepsEqualThoseOfPyTorch() throws {
    let reference = try ReferenceCase("optimizer_ema")
    let parameters = try (0..<3).map {
      Parameter(
        name: "\($0)", shape: try reference.shape("in/start_\($0)"), initialization: .zeros)
    }
    let state = TrainingState(parameters, seed: 1)
    for parameter in parameters {
      let start = try reference.floats("in/start_\(parameter.name)")
      for buffer in [state.parameters, state.average] {
        _ = buffer[state.layout.range(of: parameter)].update(fromContentsOf: start)
      }
    }
    let optimizer = Self.optimizer(warmup: 5, clip: 1, decay: 0.999)
    var (norms, rates) = ([Double](), [Double]())
    var series: [String: [Float]] = [:]
    for step in 0..<20 {
      for parameter in parameters {
        let count = parameter.shape.count
        let gradients = try reference.floats("in/grad_\(parameter.name)")
        _ = state.gradients[state.layout.range(of: parameter)].update(
          fromContentsOf: gradients[step * count..<(step + 1) * count])
      }
      norms.append(Optimizer.gradientNorm(of: state))
      rates.append(optimizer.learningRate(afterSteps: step))
      optimizer.update(state, gradientNorm: norms[step])
      state.counters.step += 1
      for parameter in parameters {
        let range = state.layout.range(of: parameter)
        series["param/\(parameter.name)", default: []] += Array(state.parameters[range])
        series["exp_avg/\(parameter.name)", default: []] += Array(state.firstMoments[range])
        series["exp_avg_sq/\(parameter.name)", default: []] += Array(state.secondMoments[range])
        series["shadow/\(parameter.name)", default: []] += Array(state.average[range])
      }
    }
    #expect(try reference.relativeError(of: norms, against: "out/norm") <= 1)
    #expect(try reference.relativeError(of: rates, against: "out/lr") <= 1)
    for (name, values) in series {
      #expect(try reference.relativeError(of: values, against: name) <= 1, "\(name)")
    }
  }

  @Test func learningRateRisesFromZeroAndStays() {
    let optimizer = Self.optimizer(warmup: 4)
    let rates = (0..<7).map { optimizer.learningRate(afterSteps: $0) }
    #expect(rates == [0, 0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01])
    #expect(Self.optimizer().learningRate(afterSteps: 0) == 0.01)
  }

  @Test func clippingLeavesSmallGradientsAlone() {
    let optimizer = Self.optimizer(clip: 2)
    #expect(optimizer.clipFactor(ofNorm: 1) == 1)
    #expect(optimizer.clipFactor(ofNorm: 8) == 2 / (8 + 1e-6))
    #expect(Self.optimizer().clipFactor(ofNorm: 1e9) == 1)
  }

  @Test func averageDecayFollowsTheRampUpToItsLimit() {
    let optimizer = Self.optimizer(decay: 0.9)
    #expect(optimizer.averageDecay(ofUpdate: 1) == 2.0 / 11)
    #expect(optimizer.averageDecay(ofUpdate: 10_000) == 0.9)
    #expect(Self.optimizer(decay: 0.9, ramp: false).averageDecay(ofUpdate: 1) == 0.9)
  }

  // Two steps of Adam in double precision, with the decay added to the clipped gradient as PyTorch does.
  @Test func weightDecayIsAddedToTheClippedGradient() {
    var settings = OptimizerSettings()
    (settings.learningRate, settings.warmupSteps) = (0.01, 0)
    (settings.clipNorm, settings.weightDecay) = (1, 0.25)
    let optimizer = Optimizer(settings, averaging: EMASettings())
    let state = TrainingState(
      [Parameter(name: "w", shape: [1], initialization: .ones)], seed: 1)
    var (weight, first, second) = (1.0, 0.0, 0.0)
    for (step, raw) in [0.5, -4.0].enumerated() {
      state.gradients.values[0] = Float(raw)
      optimizer.update(state, gradientNorm: abs(raw))
      state.counters.step += 1
      let gradient = raw * min(1, 1 / (abs(raw) + 1e-6)) + 0.25 * weight
      first = 0.9 * first + 0.1 * gradient
      second = 0.999 * second + 0.001 * gradient * gradient
      let power = Double(step + 1)
      let corrected = (first / (1 - pow(0.9, power)), second / (1 - pow(0.999, power)))
      weight -= 0.01 * corrected.0 / (corrected.1.squareRoot() + 1e-8)
      #expect(abs(Double(state.parameters.values[0]) - weight) < 1e-6)
    }
  }

  @Test func averageIsTheWeightsThemselvesWhereItIsOff() {
    let state = TrainingState(
      [Parameter(name: "w", shape: [40], initialization: .ones)], seed: 1)
    state.gradients.values.update(repeating: 0.5)
    Self.optimizer().update(state, gradientNorm: 1)
    #expect(Array(state.average.values) == Array(state.parameters.values))
    #expect(state.parameters.values[0] != 1)
  }
}
