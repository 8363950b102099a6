import Autodiff
import Checkpoints
import Networks
import Testing
import Training

@Suite struct ParameterLayoutTests {
  private let parameters = [
    Parameter(
      name: "fourier", shape: [5], initialization: .normal(standardDeviation: 1),
      isTrainable: false),
    Parameter(name: "weight", shape: [3, 7], initialization: .ones),
    Parameter(name: "bias", shape: [3], initialization: .zeros),
  ]

  @Test func trainedParametersComeFirstInModuleOrderOnAlignedPlaces() {
    let layout = ParameterLayout(parameters)
    #expect(layout.table.slices.map(\.name) == ["weight", "bias", "fourier"])
    #expect(layout.table.slices.map(\.offset) == [0, 32, 48])
    #expect(layout.trainableExtent == 48)
    #expect(layout.extent == 64)
    #expect(layout.trainableCount == 24)
    #expect(layout.range(of: parameters[2]) == 32..<35)
  }

  @Test func buffersStartAtAlignedAddressesAndZero() {
    for count in [1, 15, 1000] {
      let buffer = FlatBuffer(count: count)
      #expect(UInt(bitPattern: buffer.values.baseAddress) % 64 == 0)
      #expect(buffer.values.allSatisfy { $0 == 0 })
    }
  }

  @Test func initialStateHoldsTheNetworksValuesUnderTheirNames() {
    let state = TrainingState(parameters, seed: 9)
    for (index, parameter) in parameters.enumerated() {
      let range = state.layout.range(of: parameter)
      let expected = parameter.initialValues(seed: 9, index: index)
      #expect(Array(state.parameters[range]) == expected)
      #expect(Array(state.average[range]) == expected)
    }
    #expect(state.gradients.count == state.layout.trainableExtent)
    let (same, other) = (
      TrainingState(parameters, seed: 9), TrainingState(parameters, seed: 8)
    )
    withExtendedLifetime((state, same, other)) {
      #expect(Array(same.parameters.values) == Array(state.parameters.values))
      #expect(Array(other.parameters.values) != Array(state.parameters.values))
    }
  }

  @Test func countersSurviveACheckpointsProgress() {
    var counters = TrainingCounters()
    counters.step = 7
    counters.examples = 84
    counters.optimizerUpdates = 5
    counters.averageUpdates = 6
    counters.consecutiveNonfinite = 2
    #expect(TrainingCounters(counters.progress(seed: 3)) == counters)
  }
}
