import Autodiff
public import Networks

/// The weights of a network in memory, by name.
///
/// Programs read them where they lie: no copy is made for a program, and changing the memory changes
/// what later runs compute.
public final class ModelWeights {
  /// The memory of each parameter, row-major.
  public let values: [String: UnsafeMutableBufferPointer<Float>]
  private let owned: UnsafeMutablePointer<Float>?

  /// Uses memory of the caller, for instance slices of a flat buffer.
  ///
  /// - Parameter values: The memory of each parameter; it must outlive the weights.
  public init(borrowing values: [String: UnsafeMutableBufferPointer<Float>]) {
    self.values = values
    owned = nil
  }

  /// Makes room for the weights of a network and fills it.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - fill: Writes the values of one parameter into zeros.
  /// - Throws: What `fill` throws.
  public init(
    of network: any Parameterized,
    fill: (Parameter, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws {
    let alignment = 64 / MemoryLayout<Float>.stride
    let parameters = network.parameters
    var offsets: [Int] = []
    var count = 0
    for parameter in parameters {
      offsets.append(count)
      count += (parameter.shape.count + alignment - 1) / alignment * alignment
    }
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64
    ).bindMemory(to: Float.self, capacity: max(count, 1))
    block.initialize(repeating: 0, count: max(count, 1))
    owned = block
    var values: [String: UnsafeMutableBufferPointer<Float>] = [:]
    for (parameter, offset) in zip(parameters, offsets) {
      values[parameter.name] = UnsafeMutableBufferPointer(
        start: block + offset, count: parameter.shape.count)
    }
    self.values = values
    for parameter in parameters {
      if let buffer = values[parameter.name] { try fill(parameter, buffer) }
    }
  }

  deinit {
    owned?.deallocate()
  }
}
