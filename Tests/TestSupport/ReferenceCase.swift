public import Autodiff
import Checkpoints
import Foundation

/// A case of the reference data in Tests/Fixtures: tensors with the error allowed for each.
public struct ReferenceCase: Sendable {
  private struct Index: Decodable {
    let cases: [Record]
  }

  private struct Record: Decodable, Sendable {
    let name: String
    let file: String
    let tensors: [String: Tensor]
  }

  private struct Tensor: Decodable, Sendable {
    let norm: String?
    let tolerance: Double?
    let floor: Double?
    let scaleFrom: String?

    enum CodingKeys: String, CodingKey {
      case norm, tolerance, floor
      case scaleFrom = "scale_from"
    }
  }

  /// What a case does not have.
  public struct Missing: Error {
    /// The case or tensor.
    public let name: String
  }

  private let record: Record
  private let file: SafetensorsFile

  /// Opens a case.
  ///
  /// - Parameter name: The name of the case.
  /// - Throws: `Missing` if there is no such case, or an error of reading its files.
  public init(_ name: String) throws {
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

  /// The names of the tensors in order.
  public var names: [String] { file.names }

  /// The elements of a tensor in row-major order.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Returns: Its elements.
  /// - Throws: An error if there is no such tensor.
  public func doubles(_ name: String) throws -> [Double] { try file.doubles(name) }

  /// The elements of a tensor in row-major order, in single precision.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Returns: Its elements.
  /// - Throws: An error if there is no such tensor.
  public func floats(_ name: String) throws -> [Float] { try file.floats(name) }

  /// The shape of a tensor.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Returns: Its shape.
  /// - Throws: An error if there is no such tensor.
  public func shape(_ name: String) throws -> Shape { Shape(try file.entry(name).shape) }

  /// All tensors whose name starts with `prefix`, by the rest of their names.
  ///
  /// - Parameter prefix: The start of the name, as in `param/`.
  /// - Returns: Elements in row-major order.
  /// - Throws: An error of reading the file.
  public func tensors(under prefix: String) throws -> [String: [Double]] {
    var tensors: [String: [Double]] = [:]
    for name in names where name.hasPrefix(prefix) {
      tensors[String(name.dropFirst(prefix.count))] = try doubles(name)
    }
    return tensors
  }

  /// The largest error of a result in units of the tolerance; at most 1 is a pass.
  ///
  /// - Parameters:
  ///   - result: The elements found, in row-major order.
  ///   - name: The tensor that is expected.
  /// - Returns: The error; infinite if a number is missing or not finite.
  /// - Throws: `Missing` if there is no such tensor or no tolerance.
  public func relativeError(of result: [Double], against name: String) throws -> Double {
    guard let tensor = record.tensors[name], let tolerance = tensor.tolerance else {
      throw Missing(name: name)
    }
    let expected = try doubles(name)
    guard result.count == expected.count else { return .infinity }
    let other = try tensor.scaleFrom.map(doubles)
    let rows = try file.entry(name).shape.first ?? 1
    let group =
      switch tensor.norm {
      case "element": 1
      case "row": expected.count / rows
      default: expected.count
      }
    var worst = 0.0
    for start in stride(from: 0, to: expected.count, by: group) {
      let range = start..<start + group
      var scale = range.reduce(tensor.floor ?? 0) { max($0, abs(expected[$1])) }
      if let other, group < expected.count {
        let width = other.count / (expected.count / group)
        let row = start / group
        scale = other[row * width..<(row + 1) * width].reduce(scale) { max($0, abs($1)) }
      }
      for index in range where result[index] != expected[index] {
        let error = abs(result[index] - expected[index]) / scale / tolerance
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
    return worst
  }

  /// The largest error of a result in units of the tolerance; at most 1 is a pass.
  ///
  /// - Parameters:
  ///   - result: The elements found, in row-major order.
  ///   - name: The tensor that is expected.
  /// - Returns: The error; infinite if a number is missing or not finite.
  /// - Throws: `Missing` if there is no such tensor or no tolerance.
  public func relativeError(of result: [Float], against name: String) throws -> Double {
    try relativeError(of: result.map(Double.init), against: name)
  }
}
