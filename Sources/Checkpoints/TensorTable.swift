/// A named tensor inside a flat buffer.
public struct TensorSlice: Sendable, Hashable, Codable {
  /// The name, unique in a table.
  public let name: String

  /// The extent of each axis, slowest first; empty for a scalar.
  public let shape: [Int]

  /// The place of the first element, in elements from the start of the flat buffer.
  public let offset: Int

  /// Names a part of a flat buffer.
  ///
  /// - Parameters:
  ///   - name: The name, unique in a table.
  ///   - shape: The extent of each axis, slowest first.
  ///   - offset: The first element in the flat buffer.
  public init(name: String, shape: [Int], offset: Int) {
    self.name = name
    self.shape = shape
    self.offset = offset
  }

  /// The number of elements, the product of the shape.
  ///
  /// The largest number there is if the product exceeds it, as a damaged file's may.
  public var elementCount: Int {
    shape.reduce(1) { count, extent in
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      return overflow ? .max : product
    }
  }

  /// The elements of the flat buffer that the tensor occupies.
  public var range: Range<Int> { offset..<offset + elementCount }
}

/// Which tensor lies where in the flat buffers of parameters, averages and moments.
///
/// All buffers of a state share one table. Between tensors there may be padding, which belongs to
/// no tensor and is neither written nor restored.
public struct TensorTable: Sendable, Hashable {
  /// The tensors in the order of their offsets.
  public let slices: [TensorSlice]

  /// The length of the flat buffers with all padding, in elements.
  public let elementCount: Int

  private let indices: [String: Int]

  /// Makes a table of tensors that do not overlap.
  ///
  /// - Parameters:
  ///   - slices: The tensors in any order.
  ///   - elementCount: The length of the flat buffers; by default they end with the last tensor.
  /// - Precondition: Names are unique, no tensors overlap, all lie inside the buffers.
  public init(_ slices: [TensorSlice], elementCount: Int? = nil) {
    let end = slices.map(\.range.upperBound).max() ?? 0
    let count = elementCount ?? end
    let problem = Self.problem(in: slices, elementCount: count)
    precondition(problem == nil, problem ?? "")
    self.init(unchecked: slices, elementCount: count)
  }

  init(unchecked slices: [TensorSlice], elementCount: Int) {
    self.slices = slices.sorted {
      ($0.offset, $0.elementCount, $0.name) < ($1.offset, $1.elementCount, $1.name)
    }
    self.elementCount = elementCount
    indices = Dictionary(
      self.slices.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The tensor of a name, `nil` if there is none.
  ///
  /// - Parameter name: The name to look up.
  public subscript(name: String) -> TensorSlice? { indices[name].map { slices[$0] } }

  /// Says what is wrong with a list of tensors, `nil` if nothing is.
  static func problem(in slices: [TensorSlice], elementCount: Int) -> String? {
    var names: Set<String> = []
    var end = 0
    for slice in slices.sorted(by: { ($0.offset, $0.elementCount) < ($1.offset, $1.elementCount) })
    {
      guard names.insert(slice.name).inserted else { return "two tensors named \(slice.name)" }
      var count = 1
      for extent in slice.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else { return "tensor \(slice.name) of shape \(slice.shape)" }
        count = product
      }
      let (sliceEnd, overflow) = slice.offset.addingReportingOverflow(count)
      guard slice.offset >= end, !overflow, sliceEnd <= elementCount else {
        return "tensor \(slice.name) at element \(slice.offset) outside its place"
      }
      end = sliceEnd
    }
    return nil
  }

  /// Checks that a file's table has the same names and shapes; offsets may differ.
  func require(_ stored: TensorTable, in path: String) throws(CheckpointError) {
    for slice in slices {
      guard let other = stored[slice.name] else {
        throw .mismatched(
          path: path, subject: "tensor \(slice.name)", found: "no such tensor",
          expected: "shape \(slice.shape)")
      }
      guard other.shape == slice.shape else {
        throw .mismatched(
          path: path, subject: "tensor \(slice.name)", found: "shape \(other.shape)",
          expected: "shape \(slice.shape)")
      }
    }
    if let unexpected = stored.slices.first(where: { self[$0.name] == nil }) {
      throw .mismatched(
        path: path, subject: "tensor \(unexpected.name)", found: "shape \(unexpected.shape)",
        expected: "no such tensor")
    }
  }
}
