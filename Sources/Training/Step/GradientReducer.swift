import MPI
import RunConfiguration

/// Adds up the gradients of all ranks in a flat buffer, bucket by bucket.
///
/// Buckets of a few megabytes keep Open MPI from mapping fresh memory for each message.
final class GradientReducer {
  // More buckets than this under way cost memory and hide nothing further.
  private static let bucketsUnderWay = 4

  private let communicator: Communicator
  private let windows: [[Range<Int>]]
  private let narrow: UnsafeMutableBufferPointer<BFloat16Bits>?

  /// Prepares buckets; every rank must call this.
  ///
  /// - Parameters:
  ///   - communicator: The ranks; the reducer communicates on a duplicate of its own.
  ///   - count: The length of the buffer.
  ///   - settings: Bucket size and the format on the wire.
  /// - Throws: `MPIError`.
  init(_ communicator: Communicator, count: Int, settings: CommunicationSettings) throws {
    self.communicator = try communicator.duplicate()
    let isNarrow = settings.transport == .bfloat16
    let bytes = Int(settings.bucketMegabytes * 1_048_576)
    let length = max(1, bytes / (isNarrow ? 2 : MemoryLayout<Float>.stride))
    let buckets = stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
    windows = stride(from: 0, to: buckets.count, by: Self.bucketsUnderWay).map {
      Array(buckets[$0..<min($0 + Self.bucketsUnderWay, buckets.count)])
    }
    narrow = isNarrow && communicator.size > 1 ? .allocate(capacity: count) : nil
    narrow?.initialize(repeating: BFloat16Bits(bitPattern: 0))
  }

  deinit {
    narrow?.deallocate()
  }

  /// Leaves the sum over all ranks on each of them; every rank must call this.
  ///
  /// - Throws: `MPIError`.
  func reduce(_ gradients: UnsafeMutableBufferPointer<Float>) throws(MPIError) {
    guard communicator.size > 1 else { return }
    for window in windows {
      var pending = PendingOperation()
      for bucket in window {
        let values = UnsafeMutableBufferPointer(rebasing: gradients[bucket])
        if let narrow {
          let bits = UnsafeMutableBufferPointer(rebasing: narrow[bucket])
          BFloat16Bits.narrow(UnsafeBufferPointer(values), into: bits)
          pending.merge(try communicator.startAllReduce(bits, by: .sum))
        } else {
          pending.merge(try communicator.startAllReduce(values, by: .sum))
        }
      }
      try pending.wait()
      guard let narrow else { continue }
      for bucket in window {
        BFloat16Bits.widen(
          UnsafeBufferPointer(rebasing: narrow[bucket]),
          into: UnsafeMutableBufferPointer(rebasing: gradients[bucket]))
      }
    }
  }
}
