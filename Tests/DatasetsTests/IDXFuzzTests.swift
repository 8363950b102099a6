import Datasets
import Foundation
import TestSupport
import Testing

/// Damaged image files are refused with an error or read: no crash, no hang, no memory out of
/// proportion.
@Suite(.serialized) struct IDXFuzzTests {
  private static let cases = 5_000

  @Test(arguments: [false, true])
  func damagedFilesAreRefusedOrRead(isCompressed: Bool) throws {
    let folder = try TemporaryFolder()
    let file = idxFile(dimensions: [6, 8, 8], bytes: (0..<384).map { UInt8($0 % 251) })
    let name = "train-images-idx3-ubyte"
    let path =
      try isCompressed
      ? folder.writeCompressed(file, to: name) : folder.write(file, to: name)
    let intact = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var refused = 0
    try AddressSpace.growing(byAtMost: 1 << 30) {
      for number in 0..<Self.cases {
        var mutator = Mutator(seed: 7, case: number)
        mutator.words = ["\u{0}\u{0}\u{8}\u{3}", "\u{1f}\u{8b}"]
        try folder.write(mutator.damage(intact), to: name)
        do throws(DatasetError) {
          let array = try IDX(contentsOf: path)
          #expect(array.bytes.count == array.dimensions.reduce(1, *))
          let images = try IDXImages(folder: folder.path, split: .train, size: 8)
          _ = images.count
        } catch {
          refused += 1
          #expect(!error.description.isEmpty)
        }
      }
    }
    #expect(refused > Self.cases / 2)
  }

  @Test func dimensionsWhoseProductIsTheLargestNumberAreRefused() throws {
    let folder = try TemporaryFolder()
    // 2^63 - 1 = 7 * 7 * 73 * 127 * 337 * 92737 * 649657.
    let file = idxFile(dimensions: [49, 73, 127, 337, 92_737, 649_657], bytes: [1, 2, 3])
    let path = try folder.write(file, to: "huge")
    let error = #expect(throws: DatasetError.self) { try IDX(contentsOf: path) }
    #expect(error?.description.contains("an array that fits in memory") ?? false)
  }
}
