/// What computes each convolution and matrix product of a program, where several things can.
///
/// The tables are found by measurement. Two ways differ in rounding, so that all ranks of a run must
/// use the same tables, and a run that is continued those it began with.
public struct KernelChoices: Sendable, Hashable, Codable {
  /// The algorithm of a convolution, by extents, direction and layouts.
  var convolutions: [String: ConvolutionAlgorithm] = [:]
  /// The library of a matrix product, by extents.
  var matrixProducts: [String: MatrixProductLibrary] = [:]

  enum CodingKeys: String, CodingKey {
    case convolutions
    case matrixProducts = "matrix_products"
  }

  /// Tables without any choice.
  public init() {}

  /// The number of convolutions and matrix products in the tables.
  public var count: Int { convolutions.count + matrixProducts.count }

  /// The number of convolutions that use Winograd's algorithm.
  public var winogradCount: Int { convolutions.values.count { $0 == .winograd } }

  subscript(request: ConvolutionRequest) -> ConvolutionAlgorithm? {
    get { convolutions[request.description] }
    set { convolutions[request.description] = newValue }
  }

  subscript(product: MatrixProduct) -> MatrixProductLibrary? {
    get { matrixProducts[product.description] }
    set { matrixProducts[product.description] = newValue }
  }
}
