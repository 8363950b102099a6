import Autodiff

/// How a program is compiled.
public struct CompileOptions: Sendable {
  /// Which library computes convolutions.
  public enum ConvolutionBackend: String, Sendable, CaseIterable {
    /// oneDNN where the package was built with it, otherwise GEMM.
    case automatic
    /// im2col and OpenBLAS.
    case gemm
  }

  /// Which convolutions use Winograd's algorithm.
  public enum Winograd: Sendable, Hashable {
    /// None.
    case never
    /// All that can.
    case always
    /// Those for which it was measured to be faster; oneDNN's own choice for the others.
    case measured
  }

  /// Which convolutions with the same weights are computed together.
  public enum Joining: String, Sendable, CaseIterable {
    /// None.
    case never
    /// Those that read more weights than images.
    case worthwhile
    /// All that can.
    case always
  }

  /// Which library computes convolutions.
  public var convolutionBackend: ConvolutionBackend
  /// Which convolutions use Winograd's algorithm.
  public var winograd: Winograd
  /// What was measured to be fastest.
  public var choices: KernelChoices
  /// Which convolutions with the same weights are computed together.
  public var joining = Joining.worthwhile

  /// Whether gradients of large weights are computed early and those of small ones late, which takes
  /// memory and lets more of their reduction run beside the program.
  public var gradientsEarly = false

  /// Creates options.
  public init(
    convolutionBackend: ConvolutionBackend = .automatic, winograd: Winograd = .never,
    choices: KernelChoices = KernelChoices()
  ) {
    self.convolutionBackend = convolutionBackend
    self.winograd = winograd
    self.choices = choices
  }

  var usesOneDNN: Bool {
    #if OneDNN
      convolutionBackend == .automatic
    #else
      false
    #endif
  }

  func algorithm(for request: ConvolutionRequest) -> ConvolutionAlgorithm {
    switch winograd {
    case .never: .direct
    case .always: .winograd
    case .measured: choices[request] ?? .automatic
    }
  }

  // Debian's OpenBLAS knows no processor newer than itself, which oneDNN's kernels do not mind.
  func library(for product: MatrixProduct) -> MatrixProductLibrary {
    guard usesOneDNN, product.floatingPointOperations > 0 else { return .openBLAS }
    return choices[product] ?? .oneDNN
  }

  func joint(_ program: Program) -> Program {
    joining == .never ? program : program.joiningConvolutions(always: joining == .always)
  }
}
