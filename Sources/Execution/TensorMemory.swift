import Glibc

extension UnsafeMutableRawPointer {
  private static let largePage = 2 << 20

  /// Allocates memory for tensors, at a 64-byte boundary and not initialized.
  ///
  /// Loops over many large tensors touch another page every few cache lines of each, and looking up
  /// pages of 4 KiB then takes longer than the arithmetic. Blocks of megabytes therefore ask the
  /// system for large pages (`madvise`, Linux), which it may refuse without harm.
  ///
  /// - Parameter byteCount: The number of bytes.
  /// - Returns: The memory, to be released with `deallocate()`.
  public static func allocateForTensors(byteCount: Int) -> UnsafeMutableRawPointer {
    guard byteCount >= 2 * largePage else {
      return .allocate(byteCount: max(64, byteCount), alignment: 64)
    }
    let block = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: largePage)
    madvise(block, byteCount, MADV_HUGEPAGE)
    return block
  }
}
