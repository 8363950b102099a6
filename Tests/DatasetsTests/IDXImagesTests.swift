import Datasets
import TestSupport
import Testing

@Suite struct IDXImagesTests {
  let bytes = (0..<2 * 6 * 6).map { UInt8(truncatingIfNeeded: $0 * 3) }

  @Test func imagesOfAnySizeGetAnEqualBorder() throws {
    let folder = try TemporaryFolder()
    folder.writeCompressed(
      idxFile(dimensions: [2, 6, 6], bytes: bytes), to: "train-images-idx3-ubyte.gz")
    let plain = try IDXImages(folder: folder.path, split: .train, size: 6)
    let padded = try IDXImages(folder: folder.path, split: .train, size: 8)
    #expect(plain.count == 2 && plain.shape == [1, 6, 6] && padded.shape == [1, 8, 8])
    #expect(plain.example(1) == bytes[36...].map { Float($0) / 255 })
    let (small, large) = (plain.example(1), padded.example(1))
    for row in 0..<8 {
      for column in 0..<8 {
        let inside = (1..<7).contains(row) && (1..<7).contains(column)
        #expect(large[row * 8 + column] == (inside ? small[(row - 1) * 6 + column - 1] : 0))
      }
    }
  }

  @Test func sizesWithoutAnEqualBorderAndMissingFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    try folder.write(
      idxFile(dimensions: [2, 6, 6], bytes: bytes), to: "train-images-idx3-ubyte")
    for size in [4, 7] {
      let error = #expect(throws: DatasetError.self) {
        try IDXImages(folder: path, split: .train, size: size)
      }
      #expect(error?.description.contains("image size \(size)") == true)
    }
    let missing = #expect(throws: DatasetError.self) {
      try IDXImages(folder: path, split: .test, size: 6)
    }
    #expect(missing?.description.contains("t10k-images-idx3-ubyte.gz' does not exist") == true)
  }

  @Test func imagesMustBeSquare() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    try folder.write(
      idxFile(dimensions: [3, 6, 4], bytes: bytes), to: "train-images-idx3-ubyte")
    let error = #expect(throws: DatasetError.self) {
      try IDXImages(folder: path, split: .train, size: 6)
    }
    #expect(error?.description.contains("dimensions [3, 6, 4]") == true)
  }
}
