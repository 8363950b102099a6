import Foundation
import MPI

/// An error that every rank knows of, so that rank 0 alone can report it and all leave in order.
struct SharedFailure: Error, Codable, CustomStringConvertible {
  /// The line to print.
  let description: String
  /// How the program ends.
  let status: ExitStatus
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
      let failure = SharedFailure(description: "\(error)", status: ExitStatus(error))
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
        let shared = SharedFailure(description: "\(error)", status: ExitStatus(error))
        failure = String(decoding: try JSONEncoder().encode(shared), as: UTF8.self)
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
