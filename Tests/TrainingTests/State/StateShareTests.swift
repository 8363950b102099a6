import Autodiff
import Networks
import RunConfiguration
import Testing

@testable import Training

/// What each rank holds of a state.
@Suite struct StateShareTests {
  private let layout = ParameterLayout([
    Parameter(name: "weight", shape: [77, 9], initialization: .ones),
    Parameter(name: "bias", shape: [9], initialization: .ones),
    Parameter(
      name: "fourier", shape: [5], initialization: .normal(standardDeviation: 1),
      isTrainable: false),
  ])

  private var sharded: DataParallelSettings {
    var settings = DataParallelSettings()
    settings.mode = .sharded
    return settings
  }

  @Test("The parts of all ranks cover the buffers in order", arguments: [1, 2, 3, 4, 7, 60])
  func partsCoverTheBuffers(ranks: Int) {
    let parts = (0..<ranks).map { StateShare(layout, sharded, rank: $0, of: ranks).part }
    #expect(Array(parts.joined()) == Array(0..<layout.extent))
    #expect(parts.allSatisfy { $0.lowerBound.isMultiple(of: ParameterLayout.alignment) })
  }

  @Test("Bytes are those of the buffers, and those of moments and average divide")
  func bytesAreThoseOfTheBuffers() {
    var local = DataParallelSettings()
    local.localSteps = 4
    for (settings, ranks) in [(DataParallelSettings(), 3), (sharded, 3), (local, 2)] {
      var largest = 0
      for rank in 0..<ranks {
        let share = StateShare(layout, settings, rank: rank, of: ranks)
        let state = TrainingState(layout, share: share)
        let outer = [state.outer?.start, state.outer?.momentum].compactMap { $0 }
        let buffers =
          [
            state.parameters, state.gradients, state.firstMoments, state.secondMoments,
            state.average,
          ] + outer
        let bytes = buffers.reduce(0) { $0 + 4 * $1.count }
        #expect(state.byteCount == bytes)
        largest = max(largest, bytes)
      }
      #expect(TrainingState.byteCount(layout, settings, ranks: ranks) == largest)
    }
    let whole = TrainingState.byteCount(layout)
    let third = TrainingState.byteCount(layout, sharded, ranks: 3)
    #expect(whole == 4 * (4 * layout.extent + layout.trainableExtent))
    let saved = whole - third
    let planned = 2 * 12 * layout.extent / 3
    #expect(abs(saved - planned) <= 12 * 2 * ParameterLayout.alignment)
  }

  @Test func aPartOfABufferKeepsTheNumbersOfItsElements() {
    let (whole, part) = (FlatBuffer(count: 40), FlatBuffer(range: 16..<32))
    for index in 0..<40 { whole.values[index] = Float(index) }
    part.copy(from: whole)
    #expect(Array(part[20..<23]) == [20, 21, 22])
    #expect(part.range == 16..<32 && part.count == 16)
    withExtendedLifetime((whole, part)) {}
  }

  @Test func statisticsReachTheAverageWhereItIsHeld() {
    for rank in 0..<2 {
      let state = TrainingState(
        layout, share: StateShare(layout, sharded, rank: rank, of: 2))
      let fixed = layout.parameters[2]
      state.move([fixed], towards: [10, 20, 30, 40, 50])
      let range = layout.range(of: fixed)
      #expect(Array(state.parameters[range]) == [1, 2, 3, 4, 5])
      if rank == 1 { #expect(Array(state.average[range]) == [1, 2, 3, 4, 5]) }
      withExtendedLifetime(state) {}
    }
  }
}
