#if OneDNN
  import COneDNN

  /// One convolution on oneDNN: made once for its extents and layouts, bound once to its memory,
  /// then run any number of times, one thread at a time.
  ///
  /// Operands come in the order of ``ConvolutionDirection``. Weights are plain `[O, C, h, w]`, read
  /// through a ``PackedWeights`` where the primitive wants another arrangement; a weight gradient
  /// is always left plain, or added to what is there. Plain activations are copied through scratch
  /// where that is faster.
  final class OneDNNConvolution {
    let geometry: ConvolutionGeometry
    let direction: ConvolutionDirection
    /// oneDNN's name of the implementation, for example `jit_wino_4x3:avx512_core`.
    let implementation: String
    /// Bytes of scratch, 64-byte aligned, that may be shared with whatever runs at another time.
    let scratchBytes: Int
    /// The arrangement in which weights must be packed; nil if they are read or not used plain.
    let packedWeightsDescriptor: MemoryDescriptor?

    private let first: ConvolutionOperand
    private let second: ConvolutionOperand
    private let result: ConvolutionOperand
    private let scratchpad: MemoryObject
    private let primitive: BoundPrimitive

    /// Creates the primitive; throws where oneDNN has none for this algorithm and these extents.
    init(
      _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection,
      layouts: ConvolutionLayouts, algorithm: ConvolutionAlgorithm, accumulates: Bool = false
    ) throws(BackendError) {
      OneDNN.useOneThread()
      self.geometry = geometry
      self.direction = direction
      let description = try OneDNNConvolutionDescription.best(
        geometry, direction, layouts, algorithm)
      implementation = description.implementation
      let slots = direction.slots
      func operand(
        _ slot: ConvolutionDirection.Slot, _ staging: ConvolutionOperand.Staging
      ) throws(BackendError) -> ConvolutionOperand {
        try ConvolutionOperand(
          caller: slot.role.callerDescriptor(geometry, layouts),
          wanted: description.descriptor(of: slot.query), staging: staging)
      }
      first = try operand(slots.first, .before)
      second = try operand(slots.second, slots.second.role == .weights ? .packed : .before)
      result = try operand(slots.result, accumulates ? .added : .after)
      scratchpad = try MemoryObject(description.descriptor(of: dnnl_query_scratchpad_md))
      primitive = try BoundPrimitive(
        description.raw,
        [
          (slots.first.argument, first.memory), (slots.second.argument, second.memory),
          (slots.result.argument, result.memory), (DNNL_ARG_SCRATCHPAD, scratchpad),
        ])
      packedWeightsDescriptor = second.needsPacking ? second.memory.descriptor : nil
      scratchBytes =
        scratchpad.descriptor.bytes.roundedUpToCacheLine + first.stagedBytes
        + second.stagedBytes + result.stagedBytes
    }

    /// Whether oneDNN has only its reference loops, which are slower than ``GEMMConvolution``.
    var isReference: Bool { implementation.contains("ref") }

    /// The weights' arrangement outside of oneDNN.
    var plainWeightsDescriptor: MemoryDescriptor {
      get throws(BackendError) { try MemoryDescriptor(geometry.weightExtents, dnnl_oihw) }
    }

    /// Lays operands, result and scratch at addresses that stay valid for all later runs.
    ///
    /// `packedWeights` is required exactly if `packedWeightsDescriptor` is not nil.
    func bind(
      first firstAddress: UnsafePointer<Float>, second secondAddress: UnsafePointer<Float>,
      result resultAddress: UnsafeMutablePointer<Float>, scratch: UnsafeMutableRawPointer,
      packedWeights: PackedWeights? = nil
    ) throws(BackendError) {
      precondition(
        (packedWeights == nil) == (packedWeightsDescriptor == nil),
        "packed weights given: \(packedWeights != nil), wanted: \(packedWeightsDescriptor != nil)")
      var free = scratch
      if scratchpad.descriptor.bytes > 0 { try scratchpad.place(at: free) }
      free += scratchpad.descriptor.bytes.roundedUpToCacheLine
      try first.place(at: firstAddress, staged: free)
      free += first.stagedBytes
      try second.place(at: packedWeights?.address ?? UnsafeRawPointer(secondAddress), staged: free)
      free += second.stagedBytes
      try result.place(at: resultAddress, staged: free)
    }

    /// Runs on the bound memory; packings must be up to date.
    func execute() throws(BackendError) {
      OneDNN.useOneThread()
      try first.copyBefore?.execute()
      try second.copyBefore?.execute()
      try primitive.execute()
      try result.copyAfter?.execute()
    }
  }

  extension ConvolutionDirection {
    enum Role {
      case images
      case weights
      case results

      fileprivate func callerDescriptor(
        _ geometry: ConvolutionGeometry, _ layouts: ConvolutionLayouts
      ) throws(BackendError) -> MemoryDescriptor {
        switch self {
        case .images: try MemoryDescriptor(geometry.imageExtents, layouts.images.tag)
        case .weights: try MemoryDescriptor(geometry.weightExtents, dnnl_oihw)
        case .results: try MemoryDescriptor(geometry.resultExtents, layouts.results.tag)
        }
      }
    }

    fileprivate struct Slot {
      var role: Role
      var argument: Int32
      var query: dnnl_query_t
    }

    /// How the three operands are called in oneDNN's primitive.
    fileprivate var slots: (first: Slot, second: Slot, result: Slot) {
      let weights = Slot(role: .weights, argument: DNNL_ARG_WEIGHTS, query: dnnl_query_weights_md)
      let images = Slot(role: .images, argument: DNNL_ARG_SRC, query: dnnl_query_src_md)
      let cotangent = Slot(
        role: .results, argument: DNNL_ARG_DIFF_DST, query: dnnl_query_diff_dst_md)
      switch self {
      case .forward:
        let results = Slot(role: .results, argument: DNNL_ARG_DST, query: dnnl_query_dst_md)
        return (images, weights, results)
      case .dataGradient:
        let gradient = Slot(
          role: .images, argument: DNNL_ARG_DIFF_SRC, query: dnnl_query_diff_src_md)
        return (cotangent, weights, gradient)
      case .weightGradient:
        let gradient = Slot(
          role: .weights, argument: DNNL_ARG_DIFF_WEIGHTS, query: dnnl_query_diff_weights_md)
        return (images, cotangent, gradient)
      }
    }
  }
#endif
