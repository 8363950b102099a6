import CVectorKernels
import Testing

@Suite struct OptimizerKernelTests {
  @Test func adamAndAverageFollowTheRecurrence() {
    // NumPy, double precision: gradients 0.5, -0.25, 0.125; learning rate 0.02, average 0.9.
    let count = 1100
    var p = [Float](repeating: 1, count: count)
    var m = [Float](repeating: 0, count: count)
    var v = m
    var average = p
    for (step, gradient) in [Float(0.5), -0.25, 0.125].enumerated() {
      var settings = hk_adam()
      (settings.learningRate, settings.beta1, settings.beta2) = (0.02, 0.9, 0.999)
      (settings.epsilon, settings.emaDecay, settings.gradientScale) = (1e-8, 0.9, 0.5)
      settings.biasCorrection1 = 1 - (0...step).reduce(1) { power, _ in power * 0.9 }
      settings.biasCorrection2 = 1 - (0...step).reduce(1) { power, _ in power * 0.999 }
      let doubled = [Float](repeating: 2 * gradient, count: count)
      hk_adam_ema(&settings, &p, doubled, &m, &v, &average, count)
    }
    for index in [0, 15, 1023, 1024, count - 1] {
      #expect(abs(p[index] - 0.9678646769833308) < 2e-7)
      #expect(abs(m[index] - 0.0305) < 1e-8)
      #expect(abs(v[index] - 0.00032756275) < 1e-10)
      #expect(abs(average[index] - 0.9928870611074744) < 2e-7)
    }
  }

  @Test func adamWithoutAverageTakesANullPointer() {
    var settings = hk_adam()
    (settings.learningRate, settings.beta1, settings.beta2) = (0.1, 0.9, 0.999)
    (settings.epsilon, settings.gradientScale) = (0, 1)
    (settings.biasCorrection1, settings.biasCorrection2) = (0.1, 0.001)
    var p: [Float] = [1, 2, 3]
    var m: [Float] = [0, 0, 0]
    var v = m
    // The first step moves by the learning rate against the gradient's sign.
    hk_adam_ema(&settings, &p, [4, -5, 6], &m, &v, nil, 3)
    for (found, expected) in zip(p, [0.9, 2.1, 2.9] as [Float]) {
      #expect(abs(found - expected) < 1e-6)
    }
  }

  @Test func subnormalMomentsVanishInAdamAlone() {
    var settings = hk_adam()
    (settings.learningRate, settings.beta1, settings.beta2) = (0.1, 0.9, 0.999)
    (settings.epsilon, settings.gradientScale) = (1e-8, 1)
    (settings.biasCorrection1, settings.biasCorrection2) = (0.1, 0.001)
    let small = Float.leastNormalMagnitude
    var (p, m, v) = ([Float](repeating: 1, count: 40), [Float](repeating: 0, count: 40), [Float]())
    v = m
    hk_adam_ema(&settings, &p, [Float](repeating: 1e-18, count: 40), &m, &v, nil, 40)
    #expect(v.allSatisfy { $0 == 0 } && m.allSatisfy { $0 > 0 })
    // The caller's arithmetic is as it was.
    #expect(p.map { _ in small }.reduce(0, +) * 0.01 > 0)
  }

  @Test func sumOfSquaresIsDouble() {
    let x = (0..<1003).map { Float($0) * 1e-3 + 1000 }
    let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(hk_sum_squares(x, x.count) / expected - 1) < 1e-14)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity], [0, 4095, 4096, 9000])
  func aSingleNonFiniteElementIsFound(value: Float, index: Int) {
    var x = [Float](repeating: .greatestFiniteMagnitude, count: 9001)
    #expect(hk_all_finite(x, x.count) == 1)
    x[index] = value
    #expect(hk_all_finite(x, x.count) == 0)
  }

  @Test func bfloat16RoundsToNearestEvenAndKeepsSpecials() {
    let x: [Float] = [
      1, -2.5, 1.00390625, 1.01171875, 1.00391, .infinity, -.infinity, 0, .nan,
      .greatestFiniteMagnitude,
    ]
    var packed = [UInt16](repeating: 0, count: x.count)
    hk_pack_bfloat16(&packed, x, x.count)
    var wide = [Float](repeating: 0, count: x.count)
    hk_unpack_bfloat16(&wide, packed, x.count)
    // Half-way cases go to the even neighbour, the largest float to infinity.
    #expect(
      wide[..<8] == [1, -2.5, 1, 1.015625, 1.0078125, .infinity, -.infinity, 0])
    #expect(wide[8].isNaN)
    #expect(wide[9] == .infinity)
    // A payload in the low half only must not round to infinity.
    let signalling = [Float(bitPattern: 0x7F80_0001)]
    var one: [UInt16] = [0]
    hk_pack_bfloat16(&one, signalling, 1)
    #expect(one[0] & 0x7FFF > 0x7F80)
  }
}
