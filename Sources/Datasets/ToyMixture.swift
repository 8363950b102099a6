import Randomness

/// Three Gaussians in the plane, with weights and widths of their own.
///
/// The density is known in closed form, under the noise of a process too, and has no symmetry.
public enum ToyMixture {
  /// One of the Gaussians.
  public struct Component: Sendable, Hashable {
    /// Its probability.
    public let weight: Double
    /// Its mean.
    public let mean: SIMD2<Double>
    /// The standard deviation of each coordinate.
    public let std: Double
  }

  /// The Gaussians; their weights add up to 1.
  public static let components = [
    Component(weight: 0.5, mean: SIMD2(-1.2, -0.6), std: 0.35),
    Component(weight: 0.3, mean: SIMD2(1.3, -0.4), std: 0.5),
    Component(weight: 0.2, mean: SIMD2(0.2, 1.4), std: 0.25),
  ]

  /// The point of a random stream.
  static func point(_ stream: RandomStream) -> SIMD2<Double> {
    let normal = stream.normal(count: 2).map(Double.init)
    // The first block went into the normal numbers.
    var rest = Double(stream.word(at: 4)) * 0x1p-32
    let component = components.dropLast().first { component in
      rest -= component.weight
      return rest < 0
    }
    let chosen = component ?? components[components.count - 1]
    return chosen.mean + chosen.std * SIMD2(normal[0], normal[1])
  }
}
