import Autodiff
import CVectorKernels

/// Turns scheduled units into steps on assigned memory.
struct StepFactory {
  let nodes: [LoweredNode]
  let memory: ProgramMemory
  let scratch: SharedScratch
  let options: CompileOptions
  #if OneDNN
    private let packings = PackedWeightsCache()
  #endif

  init(
    nodes: [LoweredNode], memory: ProgramMemory, scratch: SharedScratch, options: CompileOptions
  ) {
    self.nodes = nodes
    self.memory = memory
    self.scratch = scratch
    self.options = options
  }

  func steps(for schedule: Schedule) throws -> [PlannedStep] {
    try schedule.units.map { unit in
      switch unit {
      case .cluster(let cluster):
        let program = TileProgram(cluster, nodes)
        let step = ClusterStep(
          program, count: { nodes[$0].shape.count }, address: { memory.address(of: $0) })
        return PlannedStep(
          step, detail: program.description(over: cluster.domain),
          tensors: program.accesses.map { nodes[$0.node].shape })
      case .kernel(let number):
        let shapes = nodes[number].operands.map { nodes[$0].shape }
        return PlannedStep(
          try step(for: nodes[number], at: number),
          detail: "\(shapes.map(\.description).joined(separator: " ")) to \(nodes[number].shape)",
          tensors: shapes + [nodes[number].shape])
      }
    }
  }

  private func step(for node: LoweredNode, at number: Int) throws -> any Step {
    let place = KernelMemory(
      operands: node.operands.map { memory.address(of: $0) }, result: memory.address(of: number))
    if let request = ConvolutionRequest(node, nodes) { return try convolution(request, place) }
    guard case .kernel(let primitive) = node.operation else {
      return relayout(node, place)
    }
    let operands = node.operands.map { nodes[$0] }
    switch primitive {
    case .matrixProduct(let first, let second):
      return matrixProduct(operands, node.shape, first, second, place)
    case .resample(let filter):
      return ResampleStep(filter, operands[0], node, place, scratch)
    case .slice, .pad, .concatenate, .transpose:
      return boxCopies(primitive, operands, node, place)
    case .gather, .scatterAdd:
      return rowCopies(primitive, operands, node, place)
    case .dropoutMask(let site, let rate):
      return dropoutMask(site, rate, node.shape, place)
    default:
      preconditionFailure("\(primitive) is not a kernel")
    }
  }

  private func convolution(_ request: ConvolutionRequest, _ place: KernelMemory) throws -> any Step
  {
    #if OneDNN
      if options.usesOneDNN {
        return try OneDNNConvolutionStep(
          request, place, scratch, packings, algorithm: options.algorithm(for: request))
      }
    #endif
    return GEMMConvolutionStep(request, place, scratch)
  }

  private func matrixProduct(
    _ operands: [LoweredNode], _ shape: Shape, _ first: Bool, _ second: Bool,
    _ place: KernelMemory
  ) -> any Step {
    let inner = operands[0].shape[operands[0].shape.rank - (first ? 2 : 1)]
    let product = MatrixProduct(
      batch: shape.rank == 3 ? shape[0] : 1, m: shape[shape.rank - 2], n: shape[shape.rank - 1],
      k: inner, transposesA: first, transposesB: second)
    #if OneDNN
      if options.usesOneDNN, product.m * product.n * product.k > 0 {
        return ClosureStep(
          "matrix product (oneDNN)", floatingPointOperations: product.floatingPointOperations
        ) {
          OneDNN.multiply(product, place.operands[0], place.operands[1], into: place.result)
        }
      }
    #endif
    return ClosureStep(
      "matrix product (OpenBLAS)", floatingPointOperations: product.floatingPointOperations
    ) {
      product.execute(place.operands[0], place.operands[1], into: place.result)
    }
  }
}
