import Foundation
import TestSupport
import Testing

/// A temporary folder with a small image data set, a configuration and runs.
final class RunScene {
  let program: HelmholtzProgram
  private let temporary: TemporaryFolder
  var folder: URL { temporary.url }

  init() throws {
    program = try HelmholtzProgram()
    temporary = try TemporaryFolder()
    try temporary.write(Self.images(count: 40, size: 16), to: "train-images-idx3-ubyte")
    try temporary.write(Self.configuration(dataPath: temporary.path), to: "small.yaml")
  }

  /// The file of the configuration.
  var configuration: String { folder.appending(path: "small.yaml").path }

  /// The arguments of `train` with the small network.
  func train(_ run: String, _ overrides: [String] = [], options: [String] = []) -> [String] {
    ["train", configuration, "--run", folder.appending(path: run).path] + options
      + overrides.flatMap { ["--set", $0] }
  }

  /// The events of a kind.
  func events(_ run: String, kind: String) throws -> [[String: Any]] {
    let file = folder.appending(path: run).appending(path: "events.jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }.filter { $0["kind"] as? String == kind }
  }

  /// A number of each step by the step's number.
  func series(_ run: String, _ key: String) throws -> [Int: Double] {
    try events(run, kind: "step").reduce(into: [:]) { series, event in
      guard let step = event["step"] as? Int else { return }
      series[step] = event[key] as? Double
    }
  }

  /// The checkpoints of a run by name.
  func checkpoints(_ run: String) -> [String] {
    let store = folder.appending(path: run).appending(path: "checkpoints")
    return ((try? FileManager.default.contentsOfDirectory(atPath: store.path)) ?? []).sorted()
  }

  /// The content of a file of a checkpoint.
  func content(_ run: String, step: Int, _ file: String) throws -> Data {
    let digits = String(repeating: "0", count: 9 - String(step).count) + String(step)
    return try Data(
      contentsOf: folder.appending(path: "\(run)/checkpoints/step-\(digits)/\(file)"))
  }

  /// Makes the training images the test images too.
  func addTestImages() throws {
    try FileManager.default.copyItem(
      at: folder.appending(path: "train-images-idx3-ubyte"),
      to: folder.appending(path: "t10k-images-idx3-ubyte"))
  }

  /// Copies a run.
  func copy(_ run: String, to other: String) throws {
    try FileManager.default.copyItem(
      at: folder.appending(path: run), to: folder.appending(path: other))
  }

  // Stripes and blobs, so that images differ and are not noise.
  private static func images(count: Int, size: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for image in 0..<count {
      for row in 0..<size {
        for column in 0..<size {
          bytes.append(UInt8((row * (image % 5 + 1) + column * (image % 7)) * 9 % 256))
        }
      }
    }
    return idxFile(dimensions: [count, size, size], bytes: bytes)
  }

  private static func configuration(dataPath: String) -> String {
    """
    name: small
    dataset:
      kind: idx
      path: \(dataPath)
      size: 16
      flip: true
    model:
      kind: ncsnpp
      width: 16
      channel_multipliers: [1, 1]
      residual_blocks: 1
      attention_resolutions: []
      dropout: 0.1
    regularizer:
      kind: quasi_conservative
      weight: 1.0e-4
    optimizer:
      warmup_steps: 10
    training:
      steps: 60
      global_batch: 12
      checkpoint_every: 30
      sample_every: 0
    """
  }
}

/// The largest relative difference of two series; infinite if they have other steps.
func largestDifference(_ left: [Int: Double], _ right: [Int: Double]) -> Double {
  guard Set(left.keys) == Set(right.keys), !left.isEmpty else { return .infinity }
  return left.reduce(0) { worst, entry in
    let other = right[entry.key] ?? .infinity
    let scale = max(abs(entry.value), 1e-30)
    return max(worst, abs(entry.value - other) / scale)
  }
}

/// Looks at a condition every few milliseconds, for a minute at most.
func waitUntil(_ condition: @Sendable () -> Bool) async throws {
  for _ in 0..<6000 where !condition() {
    try await Task.sleep(for: .milliseconds(10))
  }
  try #require(condition())
}
