public import RunConfiguration

/// What of a training state one rank holds beside all weights and gradients.
public struct StateShare: Sendable, Equatable {
  /// The elements of the flat buffers of which it holds both moments and the average.
  public let part: Range<Int>
  /// Whether other ranks hold the rest, which all ranks know of each other.
  public let isSharded: Bool
  /// Whether it holds what joins the steps of single ranks: the weights from which they started and
  /// the outer momentum.
  public let hasOuterState: Bool

  /// All of the state that runs without local steps have.
  ///
  /// - Parameter layout: Which parameter lies where.
  public init(wholeOf layout: ParameterLayout) {
    part = 0..<layout.extent
    isSharded = false
    hasOuterState = false
  }

  /// The share of a rank.
  ///
  /// - Parameters:
  ///   - layout: Which parameter lies where.
  ///   - settings: How ranks share the work of an update.
  ///   - rank: The rank.
  ///   - ranks: The number of ranks.
  public init(
    _ layout: ParameterLayout, _ settings: DataParallelSettings, rank: Int, of ranks: Int
  ) {
    isSharded = settings.mode == .sharded
    part = isSharded ? layout.ownedPart(rank, of: ranks) : 0..<layout.extent
    hasOuterState = settings.hasLocalSteps
  }

  /// The bytes of all buffers of a rank with this share.
  ///
  /// - Parameter layout: Which parameter lies where.
  /// - Returns: Weights, gradients, moments, average and outer state.
  public func byteCount(_ layout: ParameterLayout) -> Int {
    let outer = hasOuterState ? layout.trainableExtent + layout.extent : 0
    return (layout.extent + layout.trainableExtent + 3 * part.count + outer)
      * MemoryLayout<Float>.stride
  }
}
