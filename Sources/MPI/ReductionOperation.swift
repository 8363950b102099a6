import CMPIShims

/// How a reduction combines the values of two ranks (MPI 3.1, section 5.9.2).
///
/// Each operation works element by element and in an order that MPI chooses, so that sums of
/// floating-point numbers depend on the number of ranks in their last bits. An operation that
/// an element's kind does not have is thrown as an `MPIError` of class `operation`.
public enum ReductionOperation: Sendable, CaseIterable {
  /// Addition.
  case sum
  /// Multiplication; not for 16-bit floats.
  case product
  /// The larger of the two.
  case maximum
  /// The smaller of the two.
  case minimum
  /// 1 if both are non-zero, else 0; integers only.
  case logicalAnd
  /// 1 if one is non-zero, else 0; integers only.
  case logicalOr
  /// Bitwise and; integers only.
  case bitwiseAnd
  /// Bitwise or; integers only.
  case bitwiseOr
  /// Bitwise exclusive or; integers only.
  case bitwiseXor

  func handle(for kind: ScalarKind) -> MPI_Op {
    switch kind {
    case .bfloat16: sixteenBitHandle(for: cmpi_bfloat16)
    case .float16: sixteenBitHandle(for: cmpi_float16)
    default: predefinedHandle
    }
  }

  private var predefinedHandle: MPI_Op {
    switch self {
    case .sum: cmpi_sum()
    case .product: cmpi_product()
    case .maximum: cmpi_maximum()
    case .minimum: cmpi_minimum()
    case .logicalAnd: cmpi_logical_and()
    case .logicalOr: cmpi_logical_or()
    case .bitwiseAnd: cmpi_bitwise_and()
    case .bitwiseOr: cmpi_bitwise_or()
    case .bitwiseXor: cmpi_bitwise_xor()
    }
  }

  private func sixteenBitHandle(for format: cmpi_format) -> MPI_Op {
    switch self {
    case .sum: cmpi_sixteen_bit_operation(format, cmpi_combine_sum)
    case .maximum: cmpi_sixteen_bit_operation(format, cmpi_combine_maximum)
    case .minimum: cmpi_sixteen_bit_operation(format, cmpi_combine_minimum)
    default: cmpi_op_null()
    }
  }
}
