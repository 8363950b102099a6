/// Floats from a multiple of 64 bytes on, as kernels want them, for measurements.
final class FloatBlock {
  let address: UnsafeMutablePointer<Float>

  init(count: Int) {
    address = UnsafeMutableRawPointer.allocate(
      byteCount: MemoryPlan.aligned(count) * MemoryLayout<Float>.stride, alignment: 64
    ).assumingMemoryBound(to: Float.self)
    // Zeros would do for the time, but denormal sums of garbage would not.
    address.initialize(repeating: 0.5, count: MemoryPlan.aligned(count))
  }

  deinit { address.deallocate() }
}
