public import Foundation

/// A folder of reference data: an index and one safetensors file for each case.
///
/// Cases hold inputs, parameters and the results of other people's implementations; running one
/// computes the same results with the code that trains and samples, and compares.
public struct Verification: Sendable {
  private struct Index: Decodable {
    let cases: [CaseRecord]
  }

  /// The name of the file that describes the cases.
  public static let indexName = "index.json"

  private let folder: URL
  private let records: [CaseRecord]

  /// Reads the index of a folder.
  ///
  /// - Parameter folder: The folder with `index.json` and the files of its cases.
  /// - Throws: `VerificationError` if the index is missing or damaged.
  public init(folder: URL) throws {
    let url = folder.appending(path: Self.indexName)
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      let exists = FileManager.default.fileExists(atPath: url.path)
      throw VerificationError.unreadable(
        path: url.path, reason: exists ? "it cannot be opened" : "it does not exist")
    }
    do {
      records = try JSONDecoder().decode(Index.self, from: data).cases
    } catch {
      throw VerificationError.damaged(
        path: url.path, found: "no index of cases", expected: "JSON with a list 'cases'")
    }
    self.folder = folder
  }

  /// The names of the cases in the folder that can be run, in the order of the index.
  public var caseNames: [String] {
    records.map(\.name).filter { CaseKind(caseName: $0) != nil }
  }

  /// Checks that cases exist and can be run, and that there are any.
  ///
  /// - Parameter names: The names of cases.
  /// - Throws: `VerificationError.unknownCase` for the first that does not, or where there are none.
  public func requireCases(_ names: [String]) throws(VerificationError) {
    guard !names.isEmpty else {
      throw .damaged(
        path: folder.appending(path: Self.indexName).path, found: "no case of a known kind",
        expected: "names that start with one of \(CaseKind.prefixes)")
    }
    for name in names { _ = try find(name) }
  }

  /// Runs one case.
  ///
  /// - Parameter name: The name of a case.
  /// - Returns: The comparison of every expected tensor.
  /// - Throws: `VerificationError`; `CheckpointError` if the tensors cannot be read; errors of the
  ///   computation itself.
  public func run(_ name: String) throws -> CaseReport {
    let (record, kind) = try find(name)
    let reference = try ReferenceCase(record, in: folder)
    return try report(reference, results: kind.results(of: reference))
  }

  private func find(_ name: String) throws(VerificationError) -> (CaseRecord, CaseKind) {
    guard let record = records.first(where: { $0.name == name }) else {
      throw .unknownCase(
        name: name, found: "not in \(folder.path)",
        expected: "one of \(caseNames.joined(separator: ", "))")
    }
    guard let kind = CaseKind(caseName: name) else {
      throw .unknownCase(
        name: name, found: "of no kind that can be run",
        expected: "a name that starts with one of \(CaseKind.prefixes)")
    }
    return (record, kind)
  }

  private func report(
    _ reference: ReferenceCase, results: CaseResults
  ) throws -> CaseReport {
    let tensors = try reference.expectedNames.map { name -> CaseReport.Tensor in
      let expected = try reference.doubles(name)
      guard let record = reference.records[name], let tolerance = record.tolerance else {
        throw VerificationError.damaged(
          path: folder.appending(path: Self.indexName).path,
          found: "no tolerance of \(name) in case \(reference.name)", expected: "one")
      }
      var error = Double.infinity
      if let found = results.tensors[name], found.count == expected.count {
        error = record.error(
          of: found, expected: expected,
          scaledBy: try record.scaleSource.map(reference.doubles))
      }
      return CaseReport.Tensor(
        name: name, error: error, tolerance: tolerance, isBinding: !name.hasPrefix("nfe/"))
    }
    return CaseReport(name: reference.name, tensors: tensors, notes: results.notes)
  }
}
