import Autodiff
import CVectorKernels

/// A cluster as vector instructions over tiles, before memory is assigned.
struct TileProgram {
  /// A tensor that the loop reads or writes.
  struct Access {
    let node: Int
    let register: Int
    let kind: hk_access_kind
    /// Along each axis of the loop nest.
    let strides: [Int]
    /// The first and last instruction that use the register; reductions use theirs at the end.
    var firstUse: Int
    var lastUse: Int
    let isWritten: Bool
  }

  let nest: LoopNest
  private(set) var accesses: [Access] = []
  private(set) var instructions: [hk_instruction] = []
  private(set) var registerCount = 0
  /// Registers that need a tile of scratch memory.
  private(set) var scratchRegisters: [Int] = []

  private var registers: [Int: Int] = [:]
  private var freeScratch: [Int] = []

  init(_ cluster: Cluster, _ nodes: [LoweredNode]) {
    let tensors = cluster.loads + cluster.roots
    let domain = cluster.domain
    nest = LoopNest(
      extents: domain.extents,
      strides: [domain.strides(of: domain.shape, domain.layout)]
        + tensors.map { number in
          let memory = nodes.memory(of: number)
          return domain.strides(of: nodes[memory].shape, nodes[memory].layout)
        })
    let strides = Dictionary(
      zip(tensors, nest.strides.dropFirst()), uniquingKeysWith: { first, _ in first })
    addLoads(cluster, strides, nodes)
    addInstructions(cluster, strides, nodes)
    addReductions(cluster, strides, nodes)
  }

  private mutating func newRegister() -> Int {
    defer { registerCount += 1 }
    return registerCount
  }

  private mutating func scratchRegister() -> Int {
    if let free = freeScratch.popLast() { return free }
    let register = newRegister()
    scratchRegisters.append(register)
    return register
  }

  private mutating func addLoads(
    _ cluster: Cluster, _ strides: [Int: [Int]], _ nodes: [LoweredNode]
  ) {
    for number in cluster.loads {
      let tensorStrides = strides[number] ?? []
      let isDense = tensorStrides == nest.strides[0]
      let register = newRegister()
      if !isDense { scratchRegisters.append(register) }
      registers[number] = register
      accesses.append(
        Access(
          node: nodes.memory(of: number), register: register,
          kind: isDense ? HK_DENSE : HK_EXPAND, strides: tensorStrides, firstUse: 0, lastUse: 0,
          isWritten: false))
    }
  }

  private mutating func addInstructions(
    _ cluster: Cluster, _ strides: [Int: [Int]], _ nodes: [LoweredNode]
  ) {
    let stored = Set(cluster.roots)
    let pairs = MultiplyAdd.pairs(in: cluster, nodes)
    let absorbed = Set(pairs.values.map(\.product))
    var lastUses = finalUses(cluster, nodes, pairs, absorbed)
    for (place, number) in cluster.computed.enumerated() where !absorbed.contains(number) {
      let sources = pairs[number]?.operands ?? nodes[number].operands
      let operands = sources.map { operand -> InstructionOperand in
        if case .constant(let value) = nodes[operand].operation { return .immediate(value) }
        return .register(registers[operand] ?? 0)
      }
      touch(sources, at: place)
      for operand in sources where lastUses[operand] == place {
        lastUses[operand] = nil
        release(operand)
      }
      let destination = stored.contains(number) ? newRegister() : scratchRegister()
      registers[number] = destination
      if stored.contains(number) {
        accesses.append(
          Access(
            node: number, register: destination, kind: HK_DENSE, strides: strides[number] ?? [],
            firstUse: place, lastUse: place, isWritten: true))
      }
      if let pair = pairs[number] {
        instructions.append(pair.instruction(operands, into: destination))
      } else if case .elementwise(let function) = nodes[number].operation {
        addInstructions(for: function, operands, into: destination)
      }
    }
  }

  private mutating func addInstructions(
    for function: ElementwiseFunction, _ operands: [InstructionOperand], into destination: Int
  ) {
    // Numbers are put into registers before the operands are read, so none of theirs may serve.
    var temporaries: [Int] = []
    instructions += function.instructions(operands, into: destination) {
      let register = newRegister()
      temporaries.append(register)
      return register
    }
    scratchRegisters += temporaries
    freeScratch += temporaries
  }

  private mutating func addReductions(
    _ cluster: Cluster, _ strides: [Int: [Int]], _ nodes: [LoweredNode]
  ) {
    for number in cluster.roots {
      guard case .reduction(let kind) = nodes[number].operation else { continue }
      let operand = nodes[number].operands[0]
      touch([operand], at: Int.max)
      accesses.append(
        Access(
          node: number, register: registers[operand] ?? 0,
          kind: kind == .sum ? HK_REDUCE_SUM : HK_REDUCE_MAX, strides: strides[number] ?? [],
          firstUse: 0, lastUse: Int.max, isWritten: true))
    }
  }

  // Where each computed value is used for the last time; reductions use theirs after all.
  private func finalUses(
    _ cluster: Cluster, _ nodes: [LoweredNode], _ pairs: [Int: MultiplyAdd], _ absorbed: Set<Int>
  ) -> [Int: Int] {
    var uses: [Int: Int] = [:]
    for (place, number) in cluster.computed.enumerated() where !absorbed.contains(number) {
      for operand in pairs[number]?.operands ?? nodes[number].operands { uses[operand] = place }
    }
    for number in cluster.roots where !nodes[number].isElementwise {
      uses[nodes[number].operands[0]] = Int.max
    }
    return uses
  }

  private mutating func touch(_ operands: [Int], at place: Int) {
    for operand in operands {
      guard let register = registers[operand] else { continue }
      for index in accesses.indices
      where accesses[index].register == register && accesses[index].kind == HK_DENSE {
        accesses[index].lastUse = max(accesses[index].lastUse, place)
      }
    }
  }

  private mutating func release(_ operand: Int) {
    guard let register = registers[operand], scratchRegisters.contains(register),
      !accesses.contains(where: { $0.register == register })
    else { return }
    freeScratch.append(register)
  }
}

extension TileProgram {
  /// What the loop does, for example `[8, 64, 32, 32], 9 instructions, 4 read, 2 written`.
  func description(over domain: Domain) -> String {
    let written = accesses.count { $0.isWritten }
    return "\(domain.shape), \(instructions.count) instructions, \(accesses.count - written) read,"
      + " \(written) written"
  }
}

extension [LoweredNode] {
  /// The node whose memory a load reads: a broadcast reads its source.
  func memory(of number: Int) -> Int {
    if case .broadcast = self[number].operation { return self[number].operands[0] }
    return number
  }
}
