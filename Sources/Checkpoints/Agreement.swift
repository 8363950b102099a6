import Foundation
import MPI

extension Communicator {
  /// Runs work on every rank and throws the same error on all of them if it fails on any.
  ///
  /// No rank goes on before all have finished, and none waits for one that has failed. Every rank
  /// must call this. The work must not communicate.
  func agree<Value>(
    on work: () throws(CheckpointError) -> Value
  ) throws -> Value {
    let result: Result<Value, CheckpointError>
    do throws(CheckpointError) {
      result = .success(try work())
    } catch {
      result = .failure(error)
    }
    return try agree(on: result)
  }

  /// Throws the same error on all ranks if any of them has failed; every rank must call this.
  func agree<Value>(on result: Result<Value, CheckpointError>) throws -> Value {
    var failure: CheckpointError?
    if case .failure(let error) = result { failure = error }
    if try anyRank(failure != nil) {
      let texts = try allGatherStrings(Self.text(of: failure))
      let errors = texts.map(Self.error)
      let ranks = errors.indices.filter { errors[$0] != nil }
      let first = ranks.first.flatMap { errors[$0] }
      throw CheckpointError.failedOnRanks(
        ranks, size: size, first: first ?? .missing(path: "", expected: "a reason"))
    }
    return try result.get()
  }

  /// Runs work on rank 0 and gives every rank its result, or throws its error on every rank.
  ///
  /// Every rank must call this. The work must not communicate.
  func fromRankZero<Value: Codable>(
    _ work: () throws(CheckpointError) -> Value
  ) throws -> Value {
    let mine: Value? = try agree { () throws(CheckpointError) in rank == 0 ? try work() : nil }
    let text = try mine.map { String(decoding: try JSONEncoder().encode([$0]), as: UTF8.self) }
    let shared = try broadcast(text ?? "")
    let values = try JSONDecoder().decode([Value].self, from: Data(shared.utf8))
    return values[0]
  }

  private static func text(of error: CheckpointError?) -> String {
    guard let error, let json = try? JSONEncoder().encode(error) else { return "" }
    return String(decoding: json, as: UTF8.self)
  }

  private static func error(in text: String) -> CheckpointError? {
    try? JSONDecoder().decode(CheckpointError.self, from: Data(text.utf8))
  }
}
