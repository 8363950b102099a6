import Testing

@testable import Checkpoints

@Suite struct CRC32CTests {
  // Check values of RFC 3720, appendix B.4, and the customary one of the nine digits.
  @Test func knownAnswers() {
    #expect(CRC32C.checksum(of: Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum(of: [UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum(of: [UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(of: 0..<32) == 0x46DD_794E)
    #expect(CRC32C.checksum(of: []) == 0)
  }

  @Test func anyCutGivesTheSameSum() {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
    let whole = CRC32C.checksum(of: bytes)
    for cut in 0...bytes.count {
      var checksum = CRC32C()
      bytes[..<cut].withUnsafeBytes { checksum.update($0) }
      bytes[cut...].withUnsafeBytes { checksum.update($0) }
      #expect(checksum.value == whole)
    }
  }

  @Test func everySingleBitErrorIsSeen() {
    var bytes = [UInt8](repeating: 0xA5, count: 40)
    let whole = CRC32C.checksum(of: bytes)
    for bit in 0..<bytes.count * 8 {
      bytes[bit / 8] ^= 1 << (bit % 8)
      #expect(CRC32C.checksum(of: bytes) != whole)
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
  }

  @Test func hexadecimalKeepsLeadingZeros() {
    #expect((0x00AB as UInt32).hexadecimalDigits == "000000ab")
  }
}
