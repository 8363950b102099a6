import Checkpoints
import Foundation

/// A case of the reference data in Tests/Fixtures: tensors with the error allowed for each.
struct ReferenceCase {
  private struct Index: Decodable {
    let cases: [Record]
  }

  private struct Record: Decodable {
    let name: String
    let file: String
    let tensors: [String: Tensor]
  }

  private struct Tensor: Decodable {
    let norm: String?
    let tolerance: Double?
    let floor: Double?
  }

  private struct Missing: Error {
    let name: String
  }

  private let record: Record
  private let file: SafetensorsFile

  init(_ name: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures")
    let index = try JSONDecoder().decode(
      Index.self, from: Data(contentsOf: folder.appending(path: "index.json")))
    guard let record = index.cases.first(where: { $0.name == name }) else {
      throw Missing(name: name)
    }
    self.record = record
    file = try SafetensorsFile(opening: folder.appending(path: record.file))
  }

  func doubles(_ name: String) throws -> [Double] { try file.doubles(name) }

  func floats(_ name: String) throws -> [Float] { try file.floats(name) }

  /// The largest error of a result in units of the tolerance; at most 1 is a pass.
  func relativeError(of result: [Double], against name: String) throws -> Double {
    guard let tensor = record.tensors[name], let tolerance = tensor.tolerance else {
      throw Missing(name: name)
    }
    let expected = try doubles(name)
    let shape = try file.entry(name).shape
    guard result.count == expected.count else { return .infinity }
    let group =
      switch tensor.norm {
      case "element": 1
      case "row": expected.count / (shape.first ?? 1)
      default: expected.count
      }
    var worst = 0.0
    for start in stride(from: 0, to: expected.count, by: group) {
      let range = start..<start + group
      let scale = range.reduce(tensor.floor ?? 0) { max($0, abs(expected[$1])) }
      for index in range {
        let difference = abs(result[index] - expected[index])
        guard difference != 0 else { continue }
        let error = difference / scale / tolerance
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
    return worst
  }

  func relativeError(of result: [Float], against name: String) throws -> Double {
    try relativeError(of: result.map(Double.init), against: name)
  }
}
