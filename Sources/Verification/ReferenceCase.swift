import Checkpoints
import Foundation

/// A reference case: inputs, parameters and expected results of one computation.
struct ReferenceCase {
  let name: String
  let configuration: CaseConfiguration
  let records: [String: TensorRecord]
  private let file: SafetensorsFile

  /// Opens the tensors of a case.
  ///
  /// - Throws: `CheckpointError` if the file is missing or damaged, `VerificationError` if it does
  ///   not hold what the index says.
  init(_ record: CaseRecord, in folder: URL) throws {
    name = record.name
    configuration = CaseConfiguration(caseName: record.name, values: record.config)
    records = record.tensors
    file = try SafetensorsFile(opening: folder.appending(path: record.file))
    for (name, tensor) in records.sorted(by: { $0.key < $1.key }) {
      let shape = try file.entry(name).shape
      guard shape == tensor.shape else {
        throw damage(
          found: "shape \(shape) of tensor \(name)", expected: "\(tensor.shape), as the index says")
      }
    }
  }

  /// The names of the tensors that results are compared with, in order.
  var expectedNames: [String] {
    records.filter { $0.value.role == .expected }.map(\.key).sorted()
  }

  /// Whether the case expects a tensor of a name, or any whose name starts like this.
  func expects(_ prefix: String) -> Bool {
    records.contains { $0.value.role == .expected && $0.key.hasPrefix(prefix) }
  }

  func has(_ name: String) -> Bool { records[name] != nil }

  func floats(_ name: String) throws -> [Float] {
    try requireRecord(name)
    return try file.floats(name)
  }

  func doubles(_ name: String) throws -> [Double] {
    try requireRecord(name)
    return try file.doubles(name)
  }

  /// The numbers of a tensor as indices below a bound.
  func indices(_ name: String, below bound: Int) throws -> [Int] {
    try doubles(name).map { number in
      guard let index = Int(exactly: number), (0..<bound).contains(index) else {
        throw damage(found: "\(number) in \(name)", expected: "indices from 0 to \(bound - 1)")
      }
      return index
    }
  }

  func damage(found: String, expected: String) -> VerificationError {
    .damaged(path: file.path, found: found, expected: expected)
  }

  func shape(_ name: String) throws -> [Int] { try requireRecord(name).shape }

  /// The names, without the prefix, of all tensors under a prefix.
  func names(under prefix: String) -> [String] {
    records.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
  }

  @discardableResult
  private func requireRecord(_ name: String) throws -> TensorRecord {
    guard let record = records[name] else {
      throw damage(found: "no tensor \(name)", expected: "one, for a case like \(self.name)")
    }
    return record
  }
}

/// What the index says about a case.
struct CaseRecord: Decodable, Sendable {
  let name: String
  let file: String
  let config: [String: ConfigurationValue]
  let tensors: [String: TensorRecord]
}
