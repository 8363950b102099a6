import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct FashionMNISTTests {
  let images = (0..<3 * 28 * 28).map { UInt8(truncatingIfNeeded: $0 * 31) }

  func writeTrainingFiles(to folder: borrowing TemporaryFolder, labels: [UInt8]) throws {
    folder.writeCompressed(
      idxFile(dimensions: [3, 28, 28], bytes: images), to: "train-images-idx3-ubyte.gz")
    try folder.write(
      idxFile(dimensions: [labels.count], bytes: labels), to: "train-labels-idx1-ubyte")
  }

  @Test func paddedImageHasABorderOfZeros() throws {
    let folder = try TemporaryFolder()
    try writeTrainingFiles(to: folder, labels: [4, 5, 6])
    let padded = try FashionMNIST(folder: folder.path)
    let plain = try FashionMNIST(folder: folder.path, size: 28)
    #expect(padded.count == 3 && padded.shape == [1, 32, 32] && padded.labels == [4, 5, 6])
    #expect(plain.shape == [1, 28, 28])
    #expect(plain.example(2) == images[(2 * 784)...].map { Float($0) / 255 })
    let (small, large) = (plain.example(1), padded.example(1))
    for row in 0..<32 {
      for column in 0..<32 {
        let inside = (2..<30).contains(row) && (2..<30).contains(column)
        let expected = inside ? small[(row - 2) * 28 + column - 2] : 0
        #expect(large[row * 32 + column] == expected)
      }
    }
  }

  @Test func flipMirrorsColumnsAndIsItsOwnInverse() throws {
    let folder = try TemporaryFolder()
    try writeTrainingFiles(to: folder, labels: [4, 5, 6])
    let dataset = try FashionMNIST(folder: folder.path)
    let (straight, flipped) = (dataset.example(0), dataset.example(0, flipped: true))
    let mirrored = (0..<32).flatMap { row in straight[row * 32..<(row + 1) * 32].reversed() }
    #expect(flipped == mirrored)
    #expect(flipped != straight)
  }

  @Test func labelsMustMatchTheImages() throws {
    let folder = try TemporaryFolder()
    try writeTrainingFiles(to: folder, labels: [4, 5])
    let path = folder.path
    let error = #expect(throws: DatasetError.self) { try FashionMNIST(folder: path) }
    #expect(error?.description.contains("one label for each of 3 images") == true)
  }

  @Test func missingFilesAndOtherSizesAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let missing = #expect(throws: DatasetError.self) {
      try FashionMNIST(folder: path, split: .test)
    }
    #expect(
      missing?.description
        == "data file '\(path)/t10k-images-idx3-ubyte.gz' does not exist; install Debian's "
        + "package 'dataset-fashion-mnist' or set the folder of the data set")
    let size = #expect(throws: DatasetError.self) { try FashionMNIST(folder: path, size: 30) }
    #expect(
      size?.description
        == "data set fashion-mnist does not offer image size 30, expected 28 or 32")
  }

  // Counts, labels and sums of pixels were read with NumPy.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: FashionMNIST.debianFolder)))
  func debianPackageReadsAsNumPyReadsIt() throws {
    let test = try FashionMNIST(split: .test)
    #expect(test.count == 10_000)
    #expect(test.labels.starts(with: [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]))
    #expect(test.example(0).map { ($0 * 255).rounded() }.reduce(0, +) == 33456)
    let train = try FashionMNIST(split: .train, size: 28)
    #expect(train.count == 60_000)
    #expect(train.labels.starts(with: [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]))
    #expect(train.example(5).map { ($0 * 255).rounded() }.reduce(0, +) == 84165)
  }
}

@Suite struct CIFAR10Tests {
  func record(label: UInt8, start: Int) -> [UInt8] {
    [label] + (0..<3072).map { UInt8(truncatingIfNeeded: start + $0) }
  }

  @Test func recordsAreLabelThenPlanes() throws {
    let folder = try TemporaryFolder()
    for batch in 1...5 {
      try folder.write(
        record(label: 1, start: 0) + record(label: UInt8(batch), start: batch),
        to: "data_batch_\(batch).bin")
    }
    let dataset = try CIFAR10(folder: folder.path)
    #expect(dataset.count == 10 && dataset.shape == [3, 32, 32])
    #expect(dataset.labels == [1, 1, 1, 2, 1, 3, 1, 4, 1, 5])
    let pixels: [Float] = record(label: 4, start: 4).dropFirst().map { Float($0) / 255 }
    #expect(dataset.example(7) == pixels)
    let flipped = dataset.example(7, flipped: true)
    #expect(flipped[1024] == dataset.example(7)[1024 + 31])
  }

  @Test func smallerImagesAreMeansOfSquares() throws {
    let folder = try TemporaryFolder()
    try folder.write(record(label: 1, start: 5), to: "test_batch.bin")
    let whole = try CIFAR10(folder: folder.path, split: .test).example(0)
    let half = try CIFAR10(folder: folder.path, split: .test, size: 16)
    #expect(half.shape == [3, 16, 16])
    // Channel 1, row 3, column 2 covers rows 6 and 7, columns 4 and 5.
    let corner = 1024 + 6 * 32 + 4
    let mean = (whole[corner] + whole[corner + 1] + whole[corner + 32] + whole[corner + 33]) / 4
    #expect(abs(half.example(0)[256 + 3 * 16 + 2] - mean) < 1e-6)
    #expect(half.example(0, flipped: true)[256 + 3 * 16 + 13] == half.example(0)[256 + 3 * 16 + 2])
    let error = #expect(throws: DatasetError.self) {
      try CIFAR10(folder: folder.path, split: .test, size: 20)
    }
    #expect(
      error?.description
        == "data set cifar10 does not offer image size 20, expected 32, 16 or 8")
  }

  @Test func partOfARecordIsTruncation() throws {
    let folder = try TemporaryFolder()
    let records = record(label: 1, start: 0) + record(label: 2, start: 0)
    let path = folder.path
    let file = try folder.write(records.dropLast(), to: "test_batch.bin")
    #expect(
      throws: DatasetError.truncated(path: file, expectedBytes: 6146, foundBytes: 6145)
    ) {
      try CIFAR10(folder: path, split: .test)
    }
  }

  @Test func impossibleLabelIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write(record(label: 10, start: 0), to: "test_batch.bin")
    let path = folder.path
    let error = #expect(throws: DatasetError.self) { try CIFAR10(folder: path, split: .test) }
    #expect(error?.description.contains("label 10 in record 0") == true)
  }

  @Test func missingBatchIsNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write(record(label: 1, start: 0), to: "data_batch_1.bin")
    let path = folder.path
    let error = #expect(throws: DatasetError.self) { try CIFAR10(folder: path) }
    #expect(error?.description.contains("data_batch_2.bin' does not exist") == true)
  }
}
