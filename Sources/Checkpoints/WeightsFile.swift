public import Foundation

/// A tensor with its numbers, outside any flat buffer.
public struct NamedTensor: Sendable, Equatable {
  /// The name.
  public var name: String
  /// The extent of each axis, slowest first.
  public var shape: [Int]
  /// The numbers in row-major order.
  public var values: [Float]

  /// Makes a tensor.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - shape: The extent of each axis, slowest first.
  ///   - values: The numbers in row-major order.
  /// - Precondition: There are as many numbers as the shape asks for.
  public init(name: String, shape: [Int], values: [Float]) {
    precondition(
      shape.reduce(1, *) == values.count, "\(name): \(values.count) numbers for shape \(shape)")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// Weights alone in one safetensors file, for exchange with other programs.
///
/// One process reads or writes such a file; rank 0 exports for a run.
public enum WeightsFile {
  /// What an import found beside the weights.
  public struct Contents: Sendable, Equatable {
    /// The texts of the file, such as the configuration.
    public let metadata: [String: String]
    /// The names of tensors that were allowed but belong to no weight.
    public let extras: [String]
  }

  /// Writes the tensors of a flat buffer under the names of its table.
  ///
  /// The file appears under its name only when it is complete.
  ///
  /// - Parameters:
  ///   - url: The file to create or replace.
  ///   - values: The whole flat buffer.
  ///   - table: The tensors in it.
  ///   - extras: Further tensors, such as constants that other programs expect.
  ///   - metadata: Texts, such as the configuration, the step and which weights these are.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  public static func write(
    to url: URL, values: UnsafeBufferPointer<Float>, table: TensorTable,
    extras: [NamedTensor] = [], metadata: [String: String] = [:]
  ) throws(CheckpointError) {
    precondition(values.count >= table.elementCount, "buffer shorter than its table")
    try write(to: url, table: table, extras: extras, metadata: metadata) {
      (slice, writer) throws(CheckpointError) in
      try writer.append(UnsafeBufferPointer(rebasing: values[slice.range]))
    }
  }

  /// Writes one flat buffer of a checkpoint, tensor by tensor.
  ///
  /// - Parameters:
  ///   - buffer: The name of the buffer, `ema` or `parameters`.
  ///   - checkpoint: The checkpoint to take the weights from.
  ///   - url: The file to create or replace.
  ///   - extras: Further tensors, such as constants that other programs expect.
  ///   - metadata: Texts that are added to the notes of the checkpoint, the step and `weights`, the
  ///     name of the buffer.
  /// - Throws: ``CheckpointError`` if the checkpoint has no such buffer or cannot be read, or the
  ///   file cannot be written.
  public static func export(
    _ buffer: String, of checkpoint: Checkpoint, to url: URL, extras: [NamedTensor] = [],
    metadata: [String: String] = [:]
  ) throws(CheckpointError) {
    try checkpoint.requireBuffer(buffer)
    let progress = checkpoint.manifest.progress
    let origin = [
      "step": String(progress.step), "examples": String(progress.examples),
      "seed": String(progress.seed), "weights": buffer,
    ]
    let texts = progress.notes.merging(origin) { $1 }.merging(metadata) { $1 }
    try write(to: url, table: checkpoint.manifest.table, extras: extras, metadata: texts) {
      (slice, writer) throws(CheckpointError) in
      try writer.append(try checkpoint.tensor(slice.name, of: buffer))
    }
  }

  /// Fills a flat buffer from a file by the names of a table.
  ///
  /// - Parameters:
  ///   - url: The file.
  ///   - values: The whole flat buffer; padding is left as it is. Nothing is written to it unless
  ///     all names and shapes fit.
  ///   - table: The tensors that the program expects.
  ///   - prefix: What precedes the names in the file. Tensors without it are not looked at.
  ///   - allowed: Names, without the prefix, that the file may have in addition.
  /// - Returns: The texts and the additional names found.
  /// - Throws: ``CheckpointError``: missing and unexpected names are listed, a wrong shape is named.
  @discardableResult
  public static func read(
    from url: URL, into values: UnsafeMutableBufferPointer<Float>, table: TensorTable,
    prefix: String = "", allowing allowed: Set<String> = []
  ) throws(CheckpointError) -> Contents {
    precondition(values.count >= table.elementCount, "buffer shorter than its table")
    let file = try SafetensorsFile(opening: url)
    let present = Set(
      file.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) })
    try checkNames(present, table: table, allowed: allowed, path: file.path)
    for slice in table.slices {
      let shape = try file.entry(prefix + slice.name).shape
      guard shape == slice.shape else {
        throw .mismatched(
          path: file.path, subject: "tensor \(prefix)\(slice.name)", found: "shape \(shape)",
          expected: "shape \(slice.shape)")
      }
    }
    for slice in table.slices {
      try file.read(
        into: UnsafeMutableBufferPointer(rebasing: values[slice.range]),
        from: prefix + slice.name, startingAt: 0)
    }
    let extras = present.filter { table[$0] == nil }.sorted()
    return Contents(metadata: file.metadata, extras: extras)
  }

  private static func checkNames(
    _ present: Set<String>, table: TensorTable, allowed: Set<String>, path: String
  ) throws(CheckpointError) {
    let missing = table.slices.map(\.name).filter { !present.contains($0) }
    let unexpected = present.filter { table[$0] == nil && !allowed.contains($0) }.sorted()
    guard !missing.isEmpty || !unexpected.isEmpty else { return }
    let lists = [("missing", missing), ("unexpected", unexpected)]
      .filter { !$0.1.isEmpty }
      .map { "\($0.1.count) \($0.0): \(abbreviated($0.1))" }
    throw .mismatched(
      path: path, subject: "names of tensors", found: lists.joined(separator: "; "),
      expected: "the \(table.slices.count) names of the model")
  }

  private static func abbreviated(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? shown + ", and \(names.count - 8) more" : shown
  }

  private static func write(
    to url: URL, table: TensorTable, extras: [NamedTensor], metadata: [String: String],
    appending: (TensorSlice, SafetensorsWriter) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    let temporary = url.appendingPathExtension("partial")
    do throws(CheckpointError) {
      // Readers of PyTorch's ecosystem ask for this key.
      let texts = metadata.merging(["format": "pt"]) { $1 }
      let writer = try SafetensorsWriter(
        creating: temporary,
        tensors: table.slices.map { .init(name: $0.name, shape: $0.shape) }
          + extras.map { .init(name: $0.name, shape: $0.shape) },
        metadata: texts)
      for slice in table.slices { try appending(slice, writer) }
      for extra in extras { try writer.append(extra.values) }
      try writer.finish()
      try Folder.rename(temporary, to: url)
    } catch {
      try? Folder.remove(temporary)
      throw error
    }
    try Folder.synchronize(url.deletingLastPathComponent())
  }
}
