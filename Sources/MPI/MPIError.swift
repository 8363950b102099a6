import CMPIShims

/// An MPI call that failed, in MPI's own words.
///
/// After a failed collective the ranks may no longer agree on what comes next, so the usual
/// answer is to print the error and end the job with `MPIEnvironment.abort(code:)`.
public struct MPIError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of a failure (MPI 3.1, section 8.4).
  public struct Class: RawRepresentable, Sendable, Hashable {
    /// MPI's number of the class.
    public let rawValue: Int32

    /// Creates the class with MPI's number `rawValue`.
    public init(rawValue: Int32) {
      self.rawValue = rawValue
    }

    /// A buffer pointer that is not valid.
    public static let buffer = Class(rawValue: MPI_ERR_BUFFER)
    /// A count that is not valid.
    public static let count = Class(rawValue: MPI_ERR_COUNT)
    /// A type of element that is not valid.
    public static let type = Class(rawValue: MPI_ERR_TYPE)
    /// A tag that is negative or too large.
    public static let tag = Class(rawValue: MPI_ERR_TAG)
    /// A communicator that is not valid, such as one that was freed.
    public static let communicator = Class(rawValue: MPI_ERR_COMM)
    /// A rank that the communicator does not have.
    public static let rank = Class(rawValue: MPI_ERR_RANK)
    /// A root that the communicator does not have.
    public static let root = Class(rawValue: MPI_ERR_ROOT)
    /// A reduction that does not exist for the type of element.
    public static let operation = Class(rawValue: MPI_ERR_OP)
    /// Some other argument that is not valid.
    public static let argument = Class(rawValue: MPI_ERR_ARG)
    /// A message longer than the buffer that receives it.
    public static let truncated = Class(rawValue: MPI_ERR_TRUNCATE)
    /// A failure inside the library.
    public static let `internal` = Class(rawValue: MPI_ERR_INTERN)
    /// A known failure that has no class of its own.
    public static let other = Class(rawValue: MPI_ERR_OTHER)
  }

  /// The name of the MPI function that failed.
  public let operation: String

  /// The kind of the failure.
  public let errorClass: Class

  /// What MPI says about the failure.
  public let text: String

  /// One line with the function, MPI's text and the number of the class.
  public var description: String {
    "\(operation) failed: \(text) (MPI error class \(errorClass.rawValue))"
  }

  init(operation: String, errorClass: Class, text: String) {
    self.operation = operation
    self.errorClass = errorClass
    self.text = text
  }

  init(operation: String, code: CInt) {
    var errorClass = CInt(MPI_ERR_UNKNOWN)
    MPI_Error_class(code, &errorClass)
    self.init(
      operation: operation, errorClass: Class(rawValue: errorClass),
      text: filledText(ofAtMost: Int(MPI_MAX_ERROR_STRING)) { MPI_Error_string(code, $0, $1) }
        ?? "unknown error code \(code)")
  }
}

/// Throws unless `code`, returned by the MPI function `operation`, means success.
func check(_ code: CInt, _ operation: String) throws(MPIError) {
  guard code == MPI_SUCCESS else { throw MPIError(operation: operation, code: code) }
}

/// The text an MPI function writes into a character buffer, or nil if the function fails.
func filledText(
  ofAtMost capacity: Int,
  by fill: (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<CInt>) -> CInt
) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity + 1) { buffer in
    buffer.initialize(repeating: 0)
    var length: CInt = 0
    guard let start = buffer.baseAddress, fill(start, &length) == MPI_SUCCESS else { return nil }
    return String(decoding: UnsafeRawBufferPointer(buffer).prefix(Int(length)), as: UTF8.self)
  }
}
