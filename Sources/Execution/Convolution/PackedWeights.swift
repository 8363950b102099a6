#if OneDNN
  import COneDNN

  /// Weights in the arrangement that a convolution primitive wants.
  ///
  /// Primitives that want the same arrangement of the same weights share one packing, which is
  /// refreshed once after the weights have changed.
  final class PackedWeights {
    let source: UnsafePointer<Float>
    let memory: MemoryObject
    private let storage: UnsafeMutableRawPointer
    private let reorder: BoundPrimitive

    /// Where the packed copy lies.
    var address: UnsafeRawPointer { UnsafeRawPointer(storage) }

    /// Bytes of the packed copy.
    var bytes: Int { memory.descriptor.bytes }

    init(
      source: UnsafePointer<Float>, plain: MemoryDescriptor, packed: MemoryDescriptor
    ) throws(BackendError) {
      self.source = source
      let plainMemory = try MemoryObject(plain)
      try plainMemory.place(at: source)
      memory = try MemoryObject(packed)
      reorder = try BoundPrimitive.reorder(from: plainMemory, to: memory)
      storage = UnsafeMutableRawPointer.allocateForTensors(byteCount: packed.bytes)
      try memory.place(at: storage)
    }

    deinit { storage.deallocate() }

    private var lastRun = 0

    /// Packs the weights unless that was done in this run.
    func pack(run: Int) throws(BackendError) {
      if run == lastRun { return }
      lastRun = run
      try pack()
    }

    /// Copies the weights as they are now; no effect on another packing.
    func pack() throws(BackendError) {
      OneDNN.useOneThread()
      try reorder.execute()
    }
  }

  /// The packings of one executable, one for each pair of weights and arrangement.
  final class PackedWeightsCache {
    private var entries: [UnsafePointer<Float>: [PackedWeights]] = [:]

    /// All packings, in no particular order.
    var all: [PackedWeights] { entries.values.flatMap { $0 } }

    /// Bytes of all packings.
    var bytes: Int { all.reduce(0) { $0 + $1.bytes } }

    /// The packing of the weights at `source` that the convolution wants, made at first use and
    /// filled only by ``PackedWeights/pack()``; nil where it reads plain weights.
    func packing(
      of source: UnsafePointer<Float>, for convolution: OneDNNConvolution
    ) throws(BackendError) -> PackedWeights? {
      guard let packed = convolution.packedWeightsDescriptor else { return nil }
      for entry in entries[source] ?? [] where entry.memory.descriptor == packed { return entry }
      let entry = try PackedWeights(
        source: source, plain: convolution.plainWeightsDescriptor, packed: packed)
      entries[source, default: []].append(entry)
      return entry
    }
  }
#endif
