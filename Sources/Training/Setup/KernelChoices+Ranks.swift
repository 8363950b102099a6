import Autodiff
import Execution
import Foundation
import MPI

extension KernelChoices {
  /// Measures on rank 0 what is not in the table, for all ranks; every rank must call this.
  ///
  /// - Parameters:
  ///   - open: What there is to choose.
  ///   - program: The program whose operations are measured.
  ///   - communicator: The ranks of the run.
  /// - Throws: An error of a numerical library, `MPIError`.
  mutating func measure(
    _ open: OpenChoices, of program: Program, over communicator: Communicator
  ) throws {
    var text: [UInt8] = []
    if communicator.rank == 0 {
      let cache = KernelCache()
      var known = cache.contents
      let before = known
      try measure(open, of: program, known: &known)
      if known != before { cache.store(known) }
      text = Array(try JSONEncoder().encode(self))
    }
    try communicator.broadcast(&text)
    if communicator.rank != 0 {
      self = try JSONDecoder().decode(KernelChoices.self, from: Data(text))
    }
  }
}
