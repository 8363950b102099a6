import Autodiff

/// The memory of a compiled program: one block for everything between inputs and results, the
/// inputs, the fixed tensors and the results.
final class ProgramMemory {
  private(set) var inputs: [String: UnsafeMutableBufferPointer<Float>] = [:]
  private(set) var results: [String: UnsafeMutableBufferPointer<Float>] = [:]

  private let nodes: [LoweredNode]
  private var addresses: [Int: UnsafeMutablePointer<Float>] = [:]
  private var owned: [UnsafeMutablePointer<Float>] = []
  private var copies: [(from: Int, to: UnsafeMutableBufferPointer<Float>)] = []
  private(set) var arenaBytes = 0

  init(
    _ program: Program, _ lowering: Lowering, _ schedule: Schedule,
    external: [String: UnsafeMutableBufferPointer<Float>]
  ) {
    nodes = lowering.nodes
    placeSources(external)
    placeResults(program, lowering, external)
    placeConvolutionWeights()
    placeIntermediates(schedule, results: lowering.results)
    for (port, node) in zip(program.results, lowering.results) where results[port.name] == nil {
      results[port.name] = UnsafeMutableBufferPointer(
        start: address(of: node), count: port.shape.count)
    }
  }

  deinit {
    for block in owned { block.deallocate() }
  }

  /// Where a node lies.
  func address(of number: Int) -> UnsafeMutablePointer<Float> {
    let place = nodes.place(of: number)
    guard let address = addresses[place.node] else {
      preconditionFailure("node \(number), \(nodes[number].operation), has no memory")
    }
    return address + place.offset
  }

  /// Fills results that are not computed where the caller wants them.
  func copyResults() {
    for copy in copies {
      copy.to.baseAddress?.update(from: address(of: copy.from), count: copy.to.count)
    }
  }

  /// After how many units of the schedule the results are complete that are computed in place.
  func completions(
    _ program: Program, _ lowering: Lowering, _ schedule: Schedule
  ) -> [String: Int] {
    var lastWrites: [Int: Int] = [:]
    for (index, unit) in schedule.units.enumerated() {
      for node in unit.written { lastWrites[nodes.storage(of: node)] = index + 1 }
    }
    let copied = Set(copies.map(\.from))
    var completions: [String: Int] = [:]
    for (port, node) in zip(program.results, lowering.results) where !copied.contains(node) {
      completions[port.name] = lastWrites[nodes.storage(of: node)] ?? 0
    }
    return completions
  }

  private func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let bytes = MemoryPlan.aligned(count) * MemoryLayout<Float>.stride
    let block = UnsafeMutableRawPointer.allocateForTensors(byteCount: bytes)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    let floats = block.assumingMemoryBound(to: Float.self)
    owned.append(floats)
    return floats
  }

  private func placeSources(_ external: [String: UnsafeMutableBufferPointer<Float>]) {
    for (number, node) in nodes.enumerated() {
      guard case .source(let primitive) = node.operation else { continue }
      switch primitive {
      case .input(let name):
        let buffer =
          external[name]
          ?? UnsafeMutableBufferPointer(start: allocate(node.shape.count), count: node.shape.count)
        precondition(
          buffer.count == node.shape.count,
          "\(buffer.count) elements bound to \(name), expected \(node.shape)")
        inputs[name] = buffer
        addresses[number] = buffer.baseAddress
      case .literal(let elements):
        let block = allocate(elements.count)
        block.update(from: elements, count: elements.count)
        addresses[number] = block
      default: break
      }
    }
  }

  // A result is computed in the caller's memory unless it is an input or wanted twice.
  private func placeResults(
    _ program: Program, _ lowering: Lowering,
    _ external: [String: UnsafeMutableBufferPointer<Float>]
  ) {
    for (port, node) in zip(program.results, lowering.results) {
      guard let buffer = external[port.name] else { continue }
      precondition(
        buffer.count == port.shape.count,
        "\(buffer.count) elements bound to \(port.name), expected \(port.shape)")
      results[port.name] = buffer
      let storage = nodes.storage(of: node)
      if addresses[storage] == nil, MemoryPlan.isAligned(buffer) {
        addresses[storage] = buffer.baseAddress
      } else {
        copies.append((node, buffer))
      }
    }
  }

  // Packed weights are known by their source's address, so that address is theirs alone.
  private func placeConvolutionWeights() {
    for node in nodes {
      guard case .kernel(let primitive) = node.operation else { continue }
      switch primitive {
      case .convolution, .convolutionDataGradient:
        let storage = nodes.storage(of: node.operands[1])
        precondition(nodes.isWhole(node.operands[1]), "weights that are a part of other memory")
        if addresses[storage] == nil { addresses[storage] = allocate(nodes[storage].shape.count) }
      default: break
      }
    }
  }

  private func placeIntermediates(_ schedule: Schedule, results: [Int]) {
    let lifetimes = Lifetimes(schedule, nodes, results: results)
    let requests = lifetimes.requests.filter { addresses[$0.node] == nil }
    let plan = MemoryPlan(requests)
    let arena = allocate(plan.arenaCount)
    arenaBytes = plan.arenaCount * MemoryLayout<Float>.stride
    for (node, offset) in plan.offsets { addresses[node] = arena + offset }
  }
}

extension MemoryPlan {
  /// Whether vector loops may write here as they do in the block.
  static func isAligned(_ buffer: UnsafeMutableBufferPointer<Float>) -> Bool {
    UInt(bitPattern: buffer.baseAddress) % 4 == 0
  }
}
