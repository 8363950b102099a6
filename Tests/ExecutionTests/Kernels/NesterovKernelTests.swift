import CVectorKernels
import Testing

/// Gradient descent with Nesterov's momentum against closed forms.
@Suite struct NesterovKernelTests {
  private func settings(
    rate: Double, momentum: Double, scale: Double = 1, decay: Double = 0
  ) -> hk_nesterov {
    hk_nesterov(
      learningRate: rate, momentum: momentum, gradientScale: scale, emaDecay: decay)
  }

  // With a constant gradient g the momentum after k steps is g (1 - mu^k) / (1 - mu).
  @Test func constantGradientGivesAGeometricSeries() {
    var numbers = settings(rate: 0.5, momentum: 0.9, scale: 0.25)
    let gradients = (0..<100).map { Float($0) }
    var (position, momenta) = ([Float](repeating: 0, count: 100), [Float](repeating: 0, count: 100))
    var average = position
    for step in 1...20 {
      let start = position
      hk_nesterov_ema(&numbers, &position, start, gradients, &momenta, &average, 100)
      let sum = (1 - pow(0.9, step)) / (1 - 0.9)
      for index in 0..<100 {
        let gradient = Double(index) * 0.25
        #expect(abs(Double(momenta[index]) - gradient * sum) <= 1e-5 * gradient * sum)
        let move = 0.5 * gradient * (1 + 0.9 * sum)
        let moved = Double(start[index] - position[index])
        #expect(abs(moved - move) <= 1e-4 * max(move, 1e-9), "\(index) at \(step)")
      }
    }
    #expect(average == position)
  }

  // On x^2 a / 2 position and momentum follow a linear recurrence of order two.
  @Test func quadraticFollowsItsRecurrence() {
    let (curvature, rate, momentum) = (0.8, 0.7, 0.5)
    var numbers = settings(rate: rate, momentum: momentum, decay: 0.75)
    var (position, momenta, average) = ([Float(2)], [Float(0)], [Float(1)])
    var (x, m, mean) = (2.0, 0.0, 1.0)
    for _ in 0..<30 {
      let start = position
      hk_nesterov_ema(
        &numbers, &position, start, [Float(curvature) * start[0]], &momenta, &average, 1)
      let gradient = curvature * x
      m = momentum * m + gradient
      x -= rate * (gradient + momentum * m)
      mean += 0.25 * (x - mean)
      #expect(abs(Double(position[0]) - x) < 1e-6)
      #expect(abs(Double(average[0]) - mean) < 1e-6)
    }
    #expect(abs(x) < 1e-2)
  }

  @Test func unitRateWithoutMomentumGoesWhereTheGradientPoints() {
    var numbers = settings(rate: 1, momentum: 0)
    let (start, target): ([Float], [Float]) = ([1, -2, 3], [1.5, -2.25, 0.125])
    let distance = zip(start, target).map { $0 - $1 }
    var (position, momenta, average) = (start, [Float](repeating: 9, count: 3), start)
    hk_nesterov_ema(&numbers, &position, start, distance, &momenta, &average, 3)
    #expect(position == target && average == target && momenta == distance)
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }
}
