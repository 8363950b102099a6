import Checkpoints
import Foundation
import MPI

/// An error that every rank knows of, so that rank 0 alone can report it and all leave in order.
struct SharedFailure: Error, Codable, CustomStringConvertible {
  /// The line to print.
  let description: String
  /// How the program ends.
  let status: ExitStatus

  init(description: String, status: ExitStatus) {
    self.description = description
    self.status = status
  }

  /// An error that all ranks have met.
  init(_ error: any Error) {
    self.init(description: "\(error)", status: ExitStatus(error))
  }

  /// Marks failures of a collective operation that throws the same error on all ranks.
  static func marking<Value>(_ operation: () throws -> Value) throws -> Value {
    do {
      return try operation()
    } catch let error as CheckpointError {
      throw SharedFailure(error)
    }
  }
}

extension Communicator {
  /// Does work on every rank and throws the same failure on all of them if it fails on any.
  ///
  /// Every rank must call this. The work must not communicate. The failure is reported as the
  /// lowest failing rank met it, with the ranks named unless all failed.
  func together<Value>(_ work: () throws -> Value) throws -> Value {
    let result = Result(catching: work)
    var mine = ""
    if case .failure(let error) = result {
      let failure = SharedFailure(error)
      mine = String(decoding: try JSONEncoder().encode(failure), as: UTF8.self)
    }
    guard try anyRank(!mine.isEmpty) else { return try result.get() }
    let texts = try allGatherStrings(mine)
    let failing = texts.indices.filter { !texts[$0].isEmpty }
    let first = try JSONDecoder().decode(
      SharedFailure.self, from: Data(texts[failing.first ?? 0].utf8))
    guard failing.count < size else { throw first }
    let ranks = failing.map(String.init).joined(separator: ", ")
    throw SharedFailure(
      description: "rank \(ranks) of \(size): \(first.description)", status: first.status)
  }

  /// Does work on rank 0 and gives every rank its result, or throws its failure on all.
  ///
  /// Every rank must call this. The work must not communicate.
  func fromRankZero<Value: Codable>(_ work: () throws -> Value) throws -> Value {
    var failure = ""
    var text = ""
    if rank == 0 {
      do {
        text = String(decoding: try JSONEncoder().encode([try work()]), as: UTF8.self)
      } catch {
        failure = String(
          decoding: try JSONEncoder().encode(SharedFailure(error)), as: UTF8.self)
      }
    }
    failure = try broadcast(failure)
    text = try broadcast(text)
    guard failure.isEmpty else {
      throw try JSONDecoder().decode(SharedFailure.self, from: Data(failure.utf8))
    }
    return try JSONDecoder().decode([Value].self, from: Data(text.utf8))[0]
  }
}
