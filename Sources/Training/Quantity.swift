import Foundation

/// Quantities in the words of a table.
enum Quantity {
  /// A number of things, as in `1 host`.
  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// Seconds with a unit that suits, as in `3.2 us`.
  static func time(_ seconds: Double) -> String {
    switch abs(seconds) {
    case ..<1e-3: String(format: "%.1f us", seconds * 1e6)
    case ..<1: String(format: "%.1f ms", seconds * 1e3)
    default: String(format: "%.1f s", seconds)
    }
  }

  /// Bytes with a unit that suits, as in `4.0 MiB`.
  static func bytes(_ count: Int) -> String {
    let count = Double(count)
    return count < 0x1p30
      ? String(format: "%.1f MiB", count * 0x1p-20) : String(format: "%.1f GiB", count * 0x1p-30)
  }

  /// Bytes per second with a unit that suits, as in `118 MB/s`.
  static func rate(_ bytesPerSecond: Double) -> String {
    bytesPerSecond < 1e9
      ? String(format: "%.1f MB/s", bytesPerSecond * 1e-6)
      : String(format: "%.2f GB/s", bytesPerSecond * 1e-9)
  }
}
