import CMPIShims

/// A 16-bit floating-point number as it travels between ranks.
///
/// It halves the bytes of a reduction. Each addition on the way is done in `Float` and rounded
/// to nearest, ties to even, so the error of a sum grows with the number of ranks.
public protocol SixteenBitFloat: MPIScalar, Hashable {
  /// The sixteen bits of the number.
  var bitPattern: UInt16 { get }

  /// Creates the number whose bits are `bitPattern`.
  init(bitPattern: UInt16)
}

/// The upper half of a `Float`: its whole range, 8 significant bits.
public struct BFloat16Bits: SixteenBitFloat {
  /// The sixteen bits of the number: sign, 8 of exponent, 7 of mantissa.
  public let bitPattern: UInt16

  /// `bfloat16`.
  public static var scalarKind: ScalarKind { .bfloat16 }

  /// Creates the number whose bits are `bitPattern`.
  public init(bitPattern: UInt16) {
    self.bitPattern = bitPattern
  }
}

/// An IEEE 754 binary16: up to 65504, 11 significant bits.
public struct Float16Bits: SixteenBitFloat {
  /// The sixteen bits of the number: sign, 5 of exponent, 10 of mantissa.
  public let bitPattern: UInt16

  /// `float16`.
  public static var scalarKind: ScalarKind { .float16 }

  /// Creates the number whose bits are `bitPattern`.
  public init(bitPattern: UInt16) {
    self.bitPattern = bitPattern
  }
}

extension SixteenBitFloat {
  private static var format: cmpi_format {
    scalarKind == .bfloat16 ? cmpi_bfloat16 : cmpi_float16
  }

  /// Rounds `value` to nearest, ties to even; beyond the range lies infinity.
  public init(_ value: Float) {
    var narrow: UInt16 = 0
    withUnsafePointer(to: value) { cmpi_narrow(Self.format, $0, &narrow, 1) }
    self.init(bitPattern: narrow)
  }

  /// The same number as a `Float`, exactly.
  public var float: Float {
    var wide: Float = 0
    withUnsafePointer(to: bitPattern) { cmpi_widen(Self.format, $0, &wide, 1) }
    return wide
  }

  /// Rounds `values` into `narrow`, which must have the same number of elements.
  public static func narrow(
    _ values: UnsafeBufferPointer<Float>, into narrow: UnsafeMutableBufferPointer<Self>
  ) {
    precondition(
      values.count == narrow.count,
      "\(values.count) values do not fit a buffer of \(narrow.count)")
    UnsafeMutableRawBufferPointer(narrow).withMemoryRebound(to: UInt16.self) {
      cmpi_narrow(format, values.baseAddress, $0.baseAddress, values.count)
    }
  }

  /// Writes `narrow` as `Float` into `values`, which must have the same number of elements.
  public static func widen(
    _ narrow: UnsafeBufferPointer<Self>, into values: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      values.count == narrow.count,
      "\(narrow.count) values do not fit a buffer of \(values.count)")
    UnsafeRawBufferPointer(narrow).withMemoryRebound(to: UInt16.self) {
      cmpi_widen(format, $0.baseAddress, values.baseAddress, narrow.count)
    }
  }
}
