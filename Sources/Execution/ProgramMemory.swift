import Autodiff

/// The memory of a compiled program: one block for everything between inputs and results, the
/// inputs, the fixed tensors and the results.
final class ProgramMemory {
  private(set) var inputs: [String: UnsafeMutableBufferPointer<Float>] = [:]
  private(set) var results: [String: UnsafeMutableBufferPointer<Float>] = [:]

  private struct Copy {
    let name: String
    let from: Int
    let to: UnsafeMutableBufferPointer<Float>
  }

  private let nodes: [LoweredNode]
  private var addresses: [Int: UnsafeMutablePointer<Float>] = [:]
  private var owned: [UnsafeMutablePointer<Float>] = []
  private var copies: [Copy] = []
  // By the number of units after which their sources do not change any more.
  private var copiesByCompletion: [[Copy]] = []
  private(set) var arenaBytes = 0

  init(
    _ program: Program, _ lowering: Lowering, _ schedule: Schedule,
    external: [String: UnsafeMutableBufferPointer<Float>]
  ) throws(MemoryShortage) {
    nodes = lowering.nodes
    placeSources(external)
    placeResults(program, lowering, external)
    placeConvolutionWeights()
    try placeIntermediates(schedule, results: lowering.results)
    copiesByCompletion = Array(repeating: [], count: schedule.units.count + 1)
    let lastWrites = lastUses(schedule) { $0.written }
    for copy in copies {
      copiesByCompletion[lastWrites[nodes.storage(of: copy.from)] ?? 0].append(copy)
    }
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
  ///
  /// - Parameter count: The number of units that have just been done; results are filled that are
  ///   complete since then.
  func copyResults(afterUnits count: Int) {
    for copy in copiesByCompletion[count] {
      copy.to.baseAddress?.update(from: address(of: copy.from), count: copy.to.count)
    }
  }

  /// After how many units of the schedule each result belongs to the caller alone: it does not
  /// change, and nothing reads it any more.
  func completions(
    _ program: Program, _ lowering: Lowering, _ schedule: Schedule
  ) -> [String: Int] {
    let lastWrites = lastUses(schedule) { $0.written }
    let lastUses = lastUses(schedule) { $0.written + $0.read(nodes) }
    let copied = Set(copies.map(\.name))
    var completions: [String: Int] = [:]
    for (port, node) in zip(program.results, lowering.results) {
      let uses = copied.contains(port.name) ? lastWrites : lastUses
      completions[port.name] = uses[nodes.storage(of: node)] ?? 0
    }
    return completions
  }

  /// How many units are done when a run first touches the caller's memory for each input or result.
  func firstUses(
    _ program: Program, _ lowering: Lowering, _ schedule: Schedule
  ) -> [String: Int] {
    var ofStorage: [Int: Int] = [:]
    for (index, unit) in schedule.units.enumerated().reversed() {
      for node in unit.written + unit.read(nodes) { ofStorage[nodes.storage(of: node)] = index }
    }
    var uses: [String: Int] = [:]
    for (number, node) in nodes.enumerated() {
      guard case .source(.input(let name)) = node.operation else { continue }
      uses[name] = ofStorage[nodes.storage(of: number)]
    }
    for (port, node) in zip(program.results, lowering.results) {
      // What no unit computes is copied before the first one.
      uses[port.name] = ofStorage[nodes.storage(of: node)] ?? 0
    }
    return uses
  }

  // By the node that owns the memory.
  private func lastUses(_ schedule: Schedule, _ used: (Unit) -> [Int]) -> [Int: Int] {
    var lastUses: [Int: Int] = [:]
    for (index, unit) in schedule.units.enumerated() {
      for node in used(unit) { lastUses[nodes.storage(of: node)] = index + 1 }
    }
    return lastUses
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
        copies.append(Copy(name: port.name, from: node, to: buffer))
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

  private func placeIntermediates(_ schedule: Schedule, results: [Int]) throws(MemoryShortage) {
    let lifetimes = Lifetimes(schedule, nodes, results: results)
    let requests = lifetimes.requests.filter { addresses[$0.node] == nil }
    let plan = MemoryPlan(requests)
    arenaBytes = plan.arenaCount * MemoryLayout<Float>.stride
    try MemoryShortage.refuse(bytes: arenaBytes)
    let arena = allocate(plan.arenaCount)
    for (node, offset) in plan.offsets { addresses[node] = arena + offset }
  }
}

extension MemoryPlan {
  /// Whether vector loops may write here as they do in the block.
  static func isAligned(_ buffer: UnsafeMutableBufferPointer<Float>) -> Bool {
    UInt(bitPattern: buffer.baseAddress) % 4 == 0
  }
}
