import Checkpoints
import Execution
import Foundation

/// A safetensors file of features, one row for each example.
struct FeatureFile {
  let path: String

  /// Reads a matrix.
  ///
  /// - Parameter name: The tensor's name; nil for the only matrix of the file.
  /// - Returns: The numbers in double precision.
  /// - Throws: `CheckpointError` if the file is damaged, has no such matrix, or numbers that are not
  ///   finite.
  func matrix(named name: String?) throws(CheckpointError) -> DenseMatrix {
    let file = try SafetensorsFile(opening: URL(filePath: path))
    let name = if let name { name } else { try onlyMatrix(of: file) }
    let shape = try file.entry(name).shape
    guard shape.count == 2 else {
      throw .mismatched(
        path: path, subject: "tensor \(name)", found: "shape \(shape)",
        expected: "a matrix with a row for each example")
    }
    let values = try file.doubles(name)
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .damaged(
        path: path, found: "\(values[index]) in row \(index / shape[1]) of tensor \(name)",
        expected: "finite numbers")
    }
    return DenseMatrix(rows: shape[0], columns: shape[1], values: values)
  }

  /// Checks that a matrix of the file has rows enough.
  func requireRows(
    _ matrix: DenseMatrix, atLeast count: Int, for purpose: String
  ) throws(CheckpointError) {
    guard matrix.rows >= count else {
      throw .mismatched(
        path: path, subject: "examples", found: "\(matrix.rows)",
        expected: "at least \(count) for \(purpose)")
    }
  }

  private func onlyMatrix(of file: SafetensorsFile) throws(CheckpointError) -> String {
    let matrices = file.names.filter { file.entries[$0]?.shape.count == 2 }
    guard let name = matrices.first, matrices.count == 1 else {
      throw .mismatched(
        path: path, subject: "features",
        found: matrices.isEmpty ? "no matrix" : "matrices \(matrices.joined(separator: ", "))",
        expected: "one matrix, or its name as --tensor")
    }
    return name
  }
}
