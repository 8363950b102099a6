/// How far the weights of an autoencoder are from those of a conservative field and of a tied one.
///
/// The field of ``Autoencoder`` is conservative if and only if `W R^T` is symmetric; a tied one has
/// `R = W`.
public struct AutoencoderWeights: Sendable, Hashable {
  /// `|W R^T - R W^T|_F / sqrt 2`; in the plane this is `|(W R^T)_01 - (W R^T)_10|`, which the
  /// reference implementation logs.
  public let asymmetry: Double
  /// `|W - R|_F`.
  public let distance: Double

  /// Measures weights.
  ///
  /// - Parameters:
  ///   - decoder: R, `[D, H]` with as many hidden units H as coordinates D, row-major.
  ///   - encoder: `W^T`, `[H, D]`, row-major.
  ///   - dimension: The number D of coordinates.
  public init(decoder: [Double], encoder: [Double], dimension: Int) {
    precondition(
      decoder.count == dimension * dimension && encoder.count == decoder.count,
      "\(decoder.count) and \(encoder.count) weights for \(dimension) coordinates")
    func product(_ row: Int, _ column: Int) -> Double {
      (0..<dimension).reduce(0) {
        $0 + encoder[$1 * dimension + row] * decoder[column * dimension + $1]
      }
    }
    var (asymmetry, distance) = (0.0, 0.0)
    for row in 0..<dimension {
      for column in 0..<dimension {
        let difference = product(row, column) - product(column, row)
        asymmetry += 0.5 * difference * difference
        let gap = decoder[row * dimension + column] - encoder[column * dimension + row]
        distance += gap * gap
      }
    }
    self.asymmetry = asymmetry.squareRoot()
    self.distance = distance.squareRoot()
  }
}
