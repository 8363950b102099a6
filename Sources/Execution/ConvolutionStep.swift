import Autodiff

/// Scratch memory that steps use one after the other.
final class SharedScratch {
  private(set) var base: UnsafeMutableRawPointer?
  private var bytes = 0

  func reserve(bytes wanted: Int) { bytes = max(bytes, wanted) }

  func allocate() -> UnsafeMutableRawPointer {
    if let base { return base }
    let made = UnsafeMutableRawPointer.allocateForTensors(byteCount: bytes)
    base = made
    return made
  }

  var byteCount: Int { bytes }

  deinit { base?.deallocate() }
}

/// A convolution as matrix products, on plain activations.
final class GEMMConvolutionStep: Step {
  private let convolution: GEMMConvolution
  private let memory: KernelMemory
  private let scratch: SharedScratch

  init(_ request: ConvolutionRequest, _ memory: KernelMemory, _ scratch: SharedScratch) {
    convolution = GEMMConvolution(geometry: request.geometry, direction: request.direction)
    self.memory = memory
    self.scratch = scratch
    scratch.reserve(bytes: convolution.scratchCount * MemoryLayout<Float>.stride)
  }

  var kind: String { "convolution \(convolution.direction.rawValue) (GEMM)" }
  var floatingPointOperations: Int { convolution.geometry.floatingPointOperations }

  func execute(run: Int) {
    convolution.execute(
      memory.operands[0], memory.operands[1], into: memory.result,
      scratch: scratch.allocate().assumingMemoryBound(to: Float.self),
      accumulates: memory.accumulates)
  }
}

#if OneDNN
  /// A convolution on oneDNN; the first one of a run that reads weights packs them.
  final class OneDNNConvolutionStep: Step {
    private let convolution: OneDNNConvolution
    private let memory: KernelMemory
    private let scratch: SharedScratch
    private let packing: PackedWeights?
    private var isBound = false

    init(
      _ request: ConvolutionRequest, _ memory: KernelMemory, _ scratch: SharedScratch,
      _ cache: PackedWeightsCache, algorithm: ConvolutionAlgorithm
    ) throws {
      do {
        convolution = try OneDNNConvolution(
          request.geometry, request.direction, layouts: request.layouts, algorithm: algorithm,
          accumulates: memory.accumulates)
      } catch  where algorithm == .winograd {
        convolution = try OneDNNConvolution(
          request.geometry, request.direction, layouts: request.layouts, algorithm: .direct,
          accumulates: memory.accumulates)
      }
      self.memory = memory
      self.scratch = scratch
      packing = try cache.packing(of: memory.operands[1], for: convolution)
      scratch.reserve(bytes: convolution.scratchBytes)
    }

    var kind: String {
      "convolution \(convolution.direction.rawValue) (\(convolution.implementation))"
    }
    var floatingPointOperations: Int { convolution.geometry.floatingPointOperations }

    func execute(run: Int) throws {
      if !isBound {
        try convolution.bind(
          first: memory.operands[0], second: memory.operands[1], result: memory.result,
          scratch: scratch.allocate(), packedWeights: packing)
        isBound = true
      }
      try packing?.pack(run: run)
      try convolution.execute()
    }
  }
#endif
