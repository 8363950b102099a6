import Glibc

extension RandomStream {
  /// Fills `out` with numbers uniform in [0, 1), multiples of 2^-24.
  public func fillUniform(_ out: UnsafeMutableBufferPointer<Float>) {
    forEachBlock(of: out.count, perBlock: 4) { offset, words in
      let values = SIMD4<Float>(words &>> 8) * 0x1p-24
      store(values, at: offset, of: out)
    }
  }

  /// Fills `out` with numbers uniform in [0, 1), multiples of 2^-53.
  public func fillUniform(_ out: UnsafeMutableBufferPointer<Double>) {
    forEachBlock(of: out.count, perBlock: 2) { offset, words in
      out[offset] = unitInterval(words[0], words[1])
      if offset + 1 < out.count { out[offset + 1] = unitInterval(words[2], words[3]) }
    }
  }

  /// Fills `out` with standard normal numbers.
  ///
  /// Box and Muller's transform of two 32-bit words for two numbers, evaluated in `Double` so
  /// that the rounded result does not depend on the last digit of a machine's `log` and `cos`.
  /// The largest magnitude is 6.66.
  public func fillNormal(_ out: UnsafeMutableBufferPointer<Float>) {
    forEachBlock(of: out.count, perBlock: 4) { offset, words in
      let (first, second) = normalPair(words[0], words[1])
      let (third, fourth) = normalPair(words[2], words[3])
      store(SIMD4(first, second, third, fourth), at: offset, of: out)
    }
  }

  /// Fills `out` with -1 and 1, each with probability one half.
  ///
  /// Each number takes one bit of the stream.
  public func fillRademacher(_ out: UnsafeMutableBufferPointer<Float>) {
    forEachBlock(of: out.count, perBlock: 128) { offset, words in
      for index in offset..<min(offset + 128, out.count) {
        let bit = index - offset
        out[index] = words[bit >> 5] >> UInt32(bit & 31) & 1 == 0 ? -1 : 1
      }
    }
  }

  /// Returns the first `count` numbers that `fillUniform` gives.
  public func uniform(count: Int) -> [Float] {
    array(count, fillUniform)
  }

  /// Returns the first `count` numbers that `fillUniform` gives in `Double`.
  public func uniformDouble(count: Int) -> [Double] {
    array(count, fillUniform)
  }

  /// Returns the first `count` numbers that `fillNormal` gives.
  public func normal(count: Int) -> [Float] {
    array(count, fillNormal)
  }

  /// Returns the first `count` numbers that `fillRademacher` gives.
  public func rademacher(count: Int) -> [Float] {
    array(count, fillRademacher)
  }

  private func array<Scalar>(
    _ count: Int, _ fill: (UnsafeMutableBufferPointer<Scalar>) -> Void
  ) -> [Scalar] {
    [Scalar](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initializedCount = count
    }
  }
}

@inline(__always)
private func store(
  _ values: SIMD4<Float>, at offset: Int, of out: UnsafeMutableBufferPointer<Float>
) {
  for lane in 0..<min(4, out.count - offset) {
    out[offset + lane] = values[lane]
  }
}

@inline(__always)
private func unitInterval(_ low: UInt32, _ high: UInt32) -> Double {
  Double((UInt64(high) << 32 | UInt64(low)) >> 11) * 0x1p-53
}

@inline(__always)
private func normalPair(_ first: UInt32, _ second: UInt32) -> (Float, Float) {
  // The first uniform number lies in (0, 1], so that its logarithm is finite.
  let radius = (-2 * log((Double(first) + 1) * 0x1p-32)).squareRoot()
  let angle = 2 * Double.pi * (Double(second) * 0x1p-32)
  return (Float(radius * cos(angle)), Float(radius * sin(angle)))
}
