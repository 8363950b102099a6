#if OneDNN
  import COneDNN

  /// One tensor of a oneDNN primitive, with the copy between the caller's arrangement and the
  /// primitive's where they differ.
  final class ConvolutionOperand {
    enum Staging {
      /// Copied to scratch before the primitive runs.
      case before
      /// Copied from scratch after it.
      case after
      /// Added from scratch to what the caller has there.
      case added
      /// Copied by a ``PackedWeights`` that the caller shares.
      case packed
    }

    /// What the primitive reads or writes.
    let memory: MemoryObject
    let copyBefore: BoundPrimitive?
    let copyAfter: BoundPrimitive?
    let needsPacking: Bool
    /// Bytes of scratch for the copy, 0 if there is none.
    let stagedBytes: Int
    private let callerMemory: MemoryObject?

    init(
      caller: MemoryDescriptor, wanted: MemoryDescriptor, staging: Staging
    ) throws(BackendError) {
      memory = try MemoryObject(wanted)
      let differs = staging == .added || !(caller == wanted)
      needsPacking = differs && staging == .packed
      guard differs, staging != .packed else {
        (callerMemory, copyBefore, copyAfter, stagedBytes) = (nil, nil, nil, 0)
        return
      }
      let callerMemory = try MemoryObject(caller)
      self.callerMemory = callerMemory
      stagedBytes = wanted.bytes.roundedUpToCacheLine
      copyBefore =
        staging == .before ? try BoundPrimitive.reorder(from: callerMemory, to: memory) : nil
      copyAfter =
        staging == .before
        ? nil
        : try BoundPrimitive.reorder(from: memory, to: callerMemory, adds: staging == .added)
    }

    func place(
      at address: UnsafeRawPointer, staged: UnsafeMutableRawPointer
    ) throws(BackendError) {
      guard let callerMemory else { return try memory.place(at: address) }
      try callerMemory.place(at: address)
      try memory.place(at: staged)
    }
  }

  extension Int {
    /// The next multiple of 64 bytes.
    var roundedUpToCacheLine: Int { (self + 63) & ~63 }
  }
#endif
