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
    var begunSums: Set<Int> = []
    return try schedule.units.map { unit in
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
        let accumulates = nodes.sum(with: number).map { !begunSums.insert($0).inserted } ?? false
        return PlannedStep(
          try step(for: nodes[number], at: number, accumulates: accumulates),
          detail: "\(shapes.map(\.description).joined(separator: " ")) to \(nodes[number].shape)",
          tensors: shapes + [nodes[number].shape])
      }
    }
  }

  private func step(
    for node: LoweredNode, at number: Int, accumulates: Bool
  ) throws -> any Step {
    let place = KernelMemory(
      operands: node.operands.map { memory.address(of: $0) }, result: memory.address(of: number),
      accumulates: accumulates)
    if let request = ConvolutionRequest(node, nodes) { return try convolution(request, place) }
    if let product = MatrixProduct(node, nodes) { return matrixProduct(product, place) }
    guard case .kernel(let primitive) = node.operation else {
      return relayout(node, place)
    }
    let operands = node.operands.map { nodes[$0] }
    switch primitive {
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

  private func matrixProduct(_ product: MatrixProduct, _ place: KernelMemory) -> any Step {
    #if OneDNN
      if options.library(for: product) == .oneDNN {
        return ClosureStep(
          "matrix product (oneDNN)", floatingPointOperations: product.floatingPointOperations
        ) {
          OneDNN.multiply(
            product, place.operands[0], place.operands[1], into: place.result,
            accumulates: place.accumulates)
        }
      }
    #endif
    return ClosureStep(
      "matrix product (OpenBLAS)", floatingPointOperations: product.floatingPointOperations
    ) {
      product.execute(
        place.operands[0], place.operands[1], into: place.result, accumulates: place.accumulates)
    }
  }
}
