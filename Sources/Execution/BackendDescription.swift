import COpenBLAS

extension CompileOptions {
  /// The library that computes convolutions, with its version, as in `oneDNN 2.6.3`.
  public var convolutionLibrary: String {
    #if OneDNN
      if usesOneDNN { return OneDNN.description }
    #endif
    return "im2col + \(Self.matrixLibrary)"
  }

  /// The libraries on whose kernels a measurement depends, with versions and kernels.
  public var libraries: String { "\(convolutionLibrary) \(OpenBLAS.description)" }

  /// The library that multiplies matrices, with its version, as in `OpenBLAS 0.3.21`.
  public static var matrixLibrary: String {
    guard let text = openblas_get_config() else { return "OpenBLAS" }
    // "OpenBLAS 0.3.21 DYNAMIC_ARCH NO_AFFINITY Zen MAX_THREADS=64"
    return String(cString: text).split(separator: " ").prefix(2).joined(separator: " ")
  }
}
