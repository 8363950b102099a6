import CMPIShims

/// A number that MPI can send and combine.
///
/// The memory of a conforming type is that of its `scalarKind`.
public protocol MPIScalar: BitwiseCopyable, Sendable {
  /// How MPI reads the memory of a value.
  static var scalarKind: ScalarKind { get }
}

/// The layouts of numbers that MPI knows (MPI 3.1, section 3.2.2), and the two 16-bit ones.
public enum ScalarKind: Sendable, CaseIterable {
  /// IEEE 754 binary32.
  case float32
  /// IEEE 754 binary64.
  case float64
  /// Signed, 32 bits.
  case int32
  /// Signed, 64 bits.
  case int64
  /// Unsigned, 8 bits; also plain bytes.
  case uint8
  /// Unsigned, 32 bits.
  case uint32
  /// Unsigned, 64 bits.
  case uint64
  /// The bits of a bfloat16.
  case bfloat16
  /// The bits of an IEEE 754 binary16.
  case float16

  var datatype: MPI_Datatype {
    switch self {
    case .float32: cmpi_float32()
    case .float64: cmpi_float64()
    case .int32: cmpi_int32()
    case .int64: cmpi_int64()
    case .uint8: cmpi_uint8()
    case .uint32: cmpi_uint32()
    case .uint64: cmpi_uint64()
    case .bfloat16, .float16: cmpi_uint16()
    }
  }
}

extension MPIScalar {
  static var datatype: MPI_Datatype { scalarKind.datatype }

  /// An array of zeros, whose bits are all zero in every kind.
  static func zeros(_ count: Int) -> [Self] {
    [Self](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      UnsafeMutableRawBufferPointer(buffer).initializeMemory(as: UInt8.self, repeating: 0)
      initializedCount = count
    }
  }
}

extension Float: MPIScalar {
  /// `float32`.
  public static var scalarKind: ScalarKind { .float32 }
}

extension Double: MPIScalar {
  /// `float64`.
  public static var scalarKind: ScalarKind { .float64 }
}

extension Int32: MPIScalar {
  /// `int32`.
  public static var scalarKind: ScalarKind { .int32 }
}

extension Int64: MPIScalar {
  /// `int64`.
  public static var scalarKind: ScalarKind { .int64 }
}

extension UInt8: MPIScalar {
  /// `uint8`.
  public static var scalarKind: ScalarKind { .uint8 }
}

extension UInt32: MPIScalar {
  /// `uint32`.
  public static var scalarKind: ScalarKind { .uint32 }
}

extension UInt64: MPIScalar {
  /// `uint64`.
  public static var scalarKind: ScalarKind { .uint64 }
}
