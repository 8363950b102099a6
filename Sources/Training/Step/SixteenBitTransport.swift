import CVectorKernels
import MPI
import Randomness
import RunConfiguration

/// The memory in which gradients travel in 16 bits, and how they are rounded to it.
///
/// Open MPI adds two numbers on their way in single precision and rounds the sum to nearest, ties to
/// even: all ranks must get the same bits, whoever added them.
final class SixteenBitTransport {
  private let bits: UnsafeMutableBufferPointer<BFloat16Bits>
  private let rounding: CommunicationSettings.Rounding
  private let seed: UInt64
  private let rank: Int
  private var stream = hk_random_stream()

  /// Allocates the memory.
  ///
  /// - Parameters:
  ///   - count: The number of gradients.
  ///   - rounding: How they are rounded.
  ///   - seed: The seed of the run.
  ///   - rank: This rank; each has random bits of its own, or errors would add up instead of
  ///     cancelling out.
  init(count: Int, rounding: CommunicationSettings.Rounding, seed: UInt64, rank: Int) {
    bits = .allocate(capacity: count)
    bits.initialize(repeating: BFloat16Bits(bitPattern: 0))
    self.rounding = rounding
    self.seed = seed
    self.rank = rank
  }

  deinit {
    bits.deallocate()
  }

  /// Begins a step, whose random bits are a function of seed, step, rank and element.
  ///
  /// - Parameter step: The number of the step.
  func begin(step: Int) {
    let named = RandomStream(
      seed: seed, purpose: .transport, step: UInt64(step), example: UInt64(rank))
    let (key, counter) = (named.philoxKey, named.philoxCounter)
    stream = hk_random_stream(
      key0: key[0], key1: key[1], counter1: counter[0], counter2: counter[1],
      counter3: counter[2])
  }

  /// Rounds gradients.
  ///
  /// - Parameters:
  ///   - gradients: All of them.
  ///   - bucket: The elements that are rounded.
  /// - Returns: Their memory in 16 bits, for a reduction in place.
  func narrow(
    _ gradients: UnsafeMutableBufferPointer<Float>, _ bucket: Range<Int>
  ) -> UnsafeMutableBufferPointer<BFloat16Bits> {
    let narrow = UnsafeMutableBufferPointer(rebasing: bits[bucket])
    let values = UnsafeBufferPointer(rebasing: gradients[bucket])
    switch rounding {
    case .nearest: BFloat16Bits.narrow(values, into: narrow)
    case .stochastic:
      UnsafeMutableRawBufferPointer(narrow).withMemoryRebound(to: UInt16.self) {
        hk_pack_bfloat16_stochastic(
          $0.baseAddress, values.baseAddress, bucket.lowerBound, bucket.count, &stream)
      }
    }
    return narrow
  }

  /// The memory of a bucket's sums in 16 bits.
  func sums(_ bucket: Range<Int>) -> UnsafeMutableBufferPointer<BFloat16Bits> {
    UnsafeMutableBufferPointer(rebasing: bits[bucket])
  }

  /// Writes the sums of a bucket as single-precision numbers.
  func widen(_ bucket: Range<Int>, into gradients: UnsafeMutableBufferPointer<Float>) {
    BFloat16Bits.widen(
      UnsafeBufferPointer(rebasing: bits[bucket]),
      into: UnsafeMutableBufferPointer(rebasing: gradients[bucket]))
  }
}
