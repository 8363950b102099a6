import Autodiff
import Networks
import RunConfiguration
import Training

/// Steps of warm-up, clipping, Adam and the average of the weights, with given gradients.
func optimizerResults(of reference: ReferenceCase) throws -> [String: [Double]] {
  let optimizer = try optimizer(of: reference.configuration)
  let steps = try reference.configuration.integer("steps")
  let parameters = try reference.names(under: "in/start_").map { name in
    Parameter(
      name: name, shape: Shape(try reference.shape("in/start_\(name)")), initialization: .zeros)
  }
  let gradients = try parameters.map { try reference.floats("in/grad_\($0.name)") }
  for (parameter, gradient) in zip(parameters, gradients) {
    guard gradient.count == steps * parameter.shape.count else {
      throw reference.damage(
        found: "\(gradient.count) numbers in in/grad_\(parameter.name)",
        expected: "\(steps) steps of \(parameter.shape)")
    }
  }
  let state = TrainingState(ParameterLayout(parameters))
  for parameter in parameters {
    _ = state.parameters[state.layout.range(of: parameter)].update(
      fromContentsOf: try reference.floats("in/start_\(parameter.name)"))
  }
  state.average.copy(from: state.parameters)

  var results: [String: [Double]] = [:]
  for step in 0..<steps {
    for (parameter, gradient) in zip(parameters, gradients) {
      let count = parameter.shape.count
      _ = state.gradients[state.layout.range(of: parameter)].update(
        fromContentsOf: gradient[step * count..<(step + 1) * count])
    }
    let norm = Optimizer.gradientNorm(of: state)
    results["out/norm", default: []].append(norm)
    results["out/lr", default: []].append(optimizer.learningRate(afterSteps: step))
    optimizer.update(state, gradientNorm: norm)
    state.counters.step += 1
    for parameter in parameters { state.record(parameter, in: &results) }
  }
  return results
}

private func optimizer(of configuration: CaseConfiguration) throws -> Optimizer {
  var settings = OptimizerSettings()
  settings.learningRate = try configuration.number("lr")
  settings.beta1 = try configuration.number("beta1")
  settings.beta2 = try configuration.number("beta2", default: settings.beta2)
  settings.epsilon = try configuration.number("eps")
  settings.warmupSteps = try configuration.integer("warmup")
  settings.clipNorm = try configuration.number("grad_clip")
  settings.weightDecay = try configuration.number("weight_decay", default: 0)
  var averaging = EMASettings()
  averaging.decay = try configuration.number("ema_rate")
  return Optimizer(settings, averaging: averaging)
}

extension TrainingState {
  fileprivate func record(_ parameter: Parameter, in results: inout [String: [Double]]) {
    let range = layout.range(of: parameter)
    let buffers = [
      ("param", parameters), ("exp_avg", firstMoments), ("exp_avg_sq", secondMoments),
      ("shadow", average),
    ]
    for (name, buffer) in buffers {
      results["\(name)/\(parameter.name)", default: []] += buffer[range].map(Double.init)
    }
  }
}
