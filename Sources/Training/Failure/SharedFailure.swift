import Checkpoints
import Foundation
public import MPI

/// An error that every rank knows of, so that rank 0 alone can report it and all leave in order.
public struct SharedFailure: FailureWithStatus, Codable, CustomStringConvertible {
  /// The line to print.
  public let description: String
  /// How the program ends.
  public let exitStatus: ExitStatus

  private init(description: String, exitStatus: ExitStatus) {
    self.description = description
    self.exitStatus = exitStatus
  }

  /// An error that all ranks have met.
  public init(_ error: any Error) {
    self.init(description: "\(error)", exitStatus: ExitStatus(error))
  }

  /// Marks failures of a collective operation that throws the same error on all ranks.
  static func marking<Value>(_ operation: () throws -> Value) throws -> Value {
    do {
      return try operation()
    } catch let error as CheckpointError {
      throw SharedFailure(error)
    }
  }

  init(json: String) throws {
    self = try JSONDecoder().decode(SharedFailure.self, from: Data(json.utf8))
  }

  var json: String {
    get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
  }

  fileprivate func naming(ranks: [Int], of size: Int) -> SharedFailure {
    let numbers = ranks.map(String.init).joined(separator: ", ")
    return SharedFailure(
      description: "rank \(numbers) of \(size): \(description)", exitStatus: exitStatus)
  }
}

extension Communicator {
  /// Does work on every rank and throws the same failure on all of them if it fails on any.
  ///
  /// Every rank must call this. The work must not communicate. The failure is reported as the
  /// lowest failing rank met it, with the ranks named unless all failed.
  ///
  /// - Parameter work: What is done.
  /// - Returns: The result of this rank's work.
  /// - Throws: ``SharedFailure``, `MPIError`.
  public func together<Value>(_ work: () throws -> Value) throws -> Value {
    let result = Result(catching: work)
    var mine = ""
    if case .failure(let error) = result { mine = try SharedFailure(error).json }
    guard try anyRank(!mine.isEmpty) else { return try result.get() }
    let texts = try allGatherStrings(mine)
    let failing = texts.indices.filter { !texts[$0].isEmpty }
    let first = try SharedFailure(json: texts[failing.first ?? 0])
    throw failing.count < size ? first.naming(ranks: failing, of: size) : first
  }

  /// Does work on rank 0 alone, or throws its failure on all.
  ///
  /// Every rank must call this. The work must not communicate.
  ///
  /// - Parameter work: What is done.
  /// - Returns: The result on rank 0, nil on others.
  /// - Throws: ``SharedFailure``, `MPIError`.
  public func onRankZero<Value>(_ work: () throws -> Value) throws -> Value? {
    var result: Value?
    _ = try fromRankZero {
      result = try work()
      return true
    }
    return result
  }

  /// Does work on rank 0 and gives every rank its result, or throws its failure on all.
  ///
  /// Every rank must call this. The work must not communicate.
  ///
  /// - Parameter work: What is done.
  /// - Returns: Rank 0's result.
  /// - Throws: ``SharedFailure``, `MPIError`.
  public func fromRankZero<Value: Codable>(_ work: () throws -> Value) throws -> Value {
    var failure = ""
    var text = ""
    if rank == 0 {
      do {
        text = String(decoding: try JSONEncoder().encode([try work()]), as: UTF8.self)
      } catch {
        failure = try SharedFailure(error).json
      }
    }
    failure = try broadcast(failure)
    text = try broadcast(text)
    guard failure.isEmpty else { throw try SharedFailure(json: failure) }
    return try JSONDecoder().decode([Value].self, from: Data(text.utf8))[0]
  }
}
