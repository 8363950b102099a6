import CVectorKernels

/// A fused loop on assigned memory.
final class ClusterStep: Step {
  let kind = "fused loop"
  private var loop: hk_cluster
  private let instructions: UnsafeMutablePointer<hk_instruction>
  private let accesses: UnsafeMutablePointer<hk_access>
  private let registers: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
  private let scratch: UnsafeMutablePointer<Float>

  /// - Parameters:
  ///   - program: The instructions.
  ///   - count: Elements of an accessed node.
  ///   - address: Where an accessed node lies.
  init(
    _ program: TileProgram, count: (Int) -> Int, address: (Int) -> UnsafeMutablePointer<Float>
  ) {
    let tile = ClusterStep.tileCount(registers: program.scratchRegisters.count)
    instructions = .allocate(capacity: max(1, program.instructions.count))
    instructions.initialize(from: program.instructions, count: program.instructions.count)
    accesses = .allocate(capacity: max(1, program.accesses.count))
    registers = .allocate(capacity: max(1, program.registerCount))
    registers.initialize(repeating: nil, count: max(1, program.registerCount))
    scratch = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, program.scratchRegisters.count) * tile * MemoryLayout<Float>.stride,
      alignment: 64
    ).assumingMemoryBound(to: Float.self)
    for (place, register) in program.scratchRegisters.enumerated() {
      registers[register] = scratch + place * tile
    }
    loop = hk_cluster()
    loop.tile = tile
    loop.rows = program.nest.rows
    loop.columns = program.nest.columns
    loop.instructions = UnsafePointer(instructions)
    loop.instructionCount = Int32(program.instructions.count)
    loop.accesses = accesses
    loop.accessCount = Int32(program.accesses.count)
    loop.registers = registers
    setOuterAxes(program.nest)
    for (place, access) in program.accesses.enumerated() {
      accesses[place] = ClusterStep.access(
        access, count: count(access.node), base: address(access.node))
    }
  }

  deinit {
    instructions.deallocate()
    accesses.deallocate()
    registers.deallocate()
    scratch.deallocate()
  }

  func execute(run: Int) {
    hk_run_cluster(&loop)
  }

  // Tiles of all registers together stay within the caches next to the core.
  private static func tileCount(registers: Int) -> Int { 512 }

  private func setOuterAxes(_ nest: LoopNest) {
    let outer = nest.extents.dropLast(2)
    precondition(outer.count <= Int(HK_OUTER_AXES), "a fused loop over too many axes")
    loop.outerAxes = Int32(outer.count)
    withUnsafeMutableBytes(of: &loop.outerExtents) { bytes in
      for (axis, extent) in outer.enumerated() { bytes.bindMemory(to: Int.self)[axis] = extent }
    }
  }

  private static func access(
    _ access: TileProgram.Access, count: Int, base: UnsafeMutablePointer<Float>
  ) -> hk_access {
    var result = hk_access()
    result.base = base
    result.reg = UInt16(access.register)
    result.kind = access.kind
    result.count = count
    result.rowStride = access.strides[access.strides.count - 2]
    result.columnStride = access.strides[access.strides.count - 1]
    withUnsafeMutableBytes(of: &result.outerStrides) { bytes in
      for (axis, stride) in access.strides.dropLast(2).enumerated() {
        bytes.bindMemory(to: Int.self)[axis] = stride
      }
    }
    return result
  }
}
