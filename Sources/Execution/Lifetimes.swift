import Autodiff
import CVectorKernels

/// From which unit to which each tensor is needed, for one schedule.
struct Lifetimes {
  /// In order of their beginning.
  let requests: [MemoryPlan.Request]
}

extension Lifetimes {
  init(_ schedule: Schedule, _ nodes: [LoweredNode], results: [Int] = []) {
    var ends: [Int: Int] = [:]
    for (index, unit) in schedule.units.enumerated() {
      for node in unit.written { ends[nodes.storage(of: node), default: index] = index }
      for node in unit.read(nodes) { ends[nodes.storage(of: node)] = index }
    }
    for result in results { ends[nodes.storage(of: result)] = Int.max }
    var begun: Set<Int> = []
    requests = schedule.units.enumerated().flatMap { index, unit in
      let replaceable = Lifetimes.replaceable(unit, nodes)
      return unit.written.compactMap { node -> MemoryPlan.Request? in
        let storage = nodes.storage(of: node)
        guard begun.insert(storage).inserted else { return nil }
        return MemoryPlan.Request(
          node: storage, count: nodes[storage].shape.count, begin: index,
          end: ends[storage] ?? index,
          replaceable: (replaceable[node] ?? []).filter { ends[$0] == index })
      }
    }
  }

  // A loop may write over what it has read completely before, tile by tile.
  private static func replaceable(_ unit: Unit, _ nodes: [LoweredNode]) -> [Int: [Int]] {
    guard case .cluster(let cluster) = unit else { return [:] }
    let accesses = TileProgram(cluster, nodes).accesses
    var result: [Int: [Int]] = [:]
    for output in accesses where output.isWritten && output.kind == HK_DENSE {
      let inputs = accesses.filter { input in
        !input.isWritten && input.kind == HK_DENSE && input.lastUse <= output.firstUse
          && accesses.count(where: { nodes.storage(of: $0.node) == nodes.storage(of: input.node) })
            == 1
      }
      result[output.node] = inputs.map { nodes.storage(of: $0.node) }
    }
    return result
  }
}
