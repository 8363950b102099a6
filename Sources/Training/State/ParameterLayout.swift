import Autodiff
public import Checkpoints
public import Networks

/// Which parameter lies where in the flat buffers of a training state.
///
/// Parameters that are trained come first, in the order of the network's modules, so that
/// everything the optimizer touches is one contiguous range; fixed ones follow. Each starts at a
/// multiple of 64 bytes. The gaps belong to no tensor and stay zero.
public struct ParameterLayout: Sendable {
  /// The boundary at which tensors start, in floats.
  public static let alignment = 16

  /// The parameters in the order of the network.
  public let parameters: [Parameter]

  /// The tensors by name, for checkpoints.
  public let table: TensorTable

  /// The length of the range of trained parameters, with gaps.
  public let trainableExtent: Int

  /// Lays out the parameters of a network.
  ///
  /// - Parameter parameters: All parameters, fixed ones included, in the network's order.
  public init(_ parameters: [Parameter]) {
    var slices: [TensorSlice] = []
    var end = 0
    func place(_ parameter: Parameter) {
      slices.append(
        TensorSlice(name: parameter.name, shape: parameter.shape.dimensions, offset: end))
      end += (parameter.shape.count + Self.alignment - 1) / Self.alignment * Self.alignment
    }
    parameters.filter(\.isTrainable).forEach(place)
    trainableExtent = end
    parameters.filter { !$0.isTrainable }.forEach(place)
    self.parameters = parameters
    table = TensorTable(slices, elementCount: end)
  }

  /// The length of the flat buffers, with gaps.
  public var extent: Int { table.elementCount }

  /// The number of values that training changes.
  public var trainableCount: Int {
    parameters.filter(\.isTrainable).reduce(0) { $0 + $1.shape.count }
  }

  /// The range of one of several parts of about equal length into which trained values are split.
  ///
  /// - Parameters:
  ///   - part: The number of the part, from 0.
  ///   - parts: The number of parts.
  /// - Returns: The range, which starts at the boundary of tensors.
  func trainablePart(_ part: Int, of parts: Int) -> Range<Int> {
    Self.part(part, of: parts, in: 0..<trainableExtent)
  }

  /// The elements that one of several ranks owns if ranks share the state: its part of the trained
  /// values, and on the last rank the fixed ones too.
  ///
  /// - Parameters:
  ///   - rank: The rank.
  ///   - ranks: The number of ranks.
  /// - Returns: The range; those of all ranks cover the flat buffers in their order.
  func ownedPart(_ rank: Int, of ranks: Int) -> Range<Int> {
    let trained = trainablePart(rank, of: ranks)
    return rank == ranks - 1 ? trained.lowerBound..<extent : trained
  }

  /// One of several parts of about equal length of a range that starts and ends at boundaries.
  static func part(_ part: Int, of parts: Int, in range: Range<Int>) -> Range<Int> {
    let blocks = range.count / alignment
    let (start, end) = (blocks * part / parts, blocks * (part + 1) / parts)
    return range.lowerBound + start * alignment..<range.lowerBound + end * alignment
  }

  /// The elements of a parameter in the flat buffers.
  ///
  /// - Parameter parameter: One of `parameters`.
  /// - Returns: The range, without the gap behind it.
  public func range(of parameter: Parameter) -> Range<Int> {
    guard let slice = table[parameter.name] else {
      preconditionFailure("the layout has no parameter \(parameter.name)")
    }
    return slice.range
  }
}
