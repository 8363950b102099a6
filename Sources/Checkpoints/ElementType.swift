/// The type of the numbers of a tensor in a file, under its safetensors name.
public enum ElementType: String, Sendable, Codable, CaseIterable {
  /// IEEE double precision.
  case float64 = "F64"
  /// IEEE single precision.
  case float32 = "F32"
  /// IEEE half precision.
  case float16 = "F16"
  /// The upper half of a single precision number.
  case bfloat16 = "BF16"
  /// Signed 64-bit integers.
  case int64 = "I64"
  /// Signed 32-bit integers.
  case int32 = "I32"
  /// Unsigned bytes.
  case uint8 = "U8"

  /// The size of one number in bytes.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8: 1
    }
  }

  /// Converts stored little-endian numbers, rounding to nearest where the result is narrower.
  func convert<Result: BinaryFloatingPoint>(
    _ bytes: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Result>
  ) {
    func load<Stored>(_ index: Int, as type: Stored.Type) -> Stored {
      bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: type)
    }
    for index in destination.indices {
      destination[index] =
        switch self {
        case .float64: Result(load(index, as: Double.self))
        case .float32: Result(load(index, as: Float.self))
        case .float16: Result(Float(Float16(bitPattern: load(index, as: UInt16.self))))
        case .bfloat16:
          Result(Float(bitPattern: UInt32(load(index, as: UInt16.self)) << 16))
        case .int64: Result(load(index, as: Int64.self))
        case .int32: Result(load(index, as: Int32.self))
        case .uint8: Result(bytes[index])
        }
    }
  }
}
