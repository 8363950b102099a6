import Autodiff
import Execution
import Foundation
import MPI

extension ConvolutionChoices {
  /// Measures on rank 0 what is not in the table, for all ranks; every rank must call this.
  ///
  /// - Parameters:
  ///   - program: The program whose convolutions are measured.
  ///   - communicator: The ranks of the run.
  /// - Throws: An error of a numerical library, `MPIError`.
  mutating func measure(_ program: Program, over communicator: Communicator) throws {
    var text: [UInt8] = []
    if communicator.rank == 0 {
      let cache = ConvolutionCache()
      var known = cache.contents
      let before = known
      try measure(program, known: &known)
      if known != before { cache.store(known) }
      text = Array(try JSONEncoder().encode(self))
    }
    try communicator.broadcast(&text)
    if communicator.rank != 0 {
      self = try JSONDecoder().decode(ConvolutionChoices.self, from: Data(text))
    }
  }
}
