import Checkpoints
public import Foundation

/// The folder of an experiment and what lies where in it.
///
/// ```
/// FOLDER/experiment.json  report.json  report.html  figures/NAME.svg  figures/NAME.png
/// FOLDER/stages/NAME.json  runs/NAME/
/// ```
public struct ExperimentFolder: Sendable {
  /// The folder.
  public let url: URL

  /// The folder at a path; nothing is created or read.
  ///
  /// - Parameter path: The folder, absolute or from the current directory.
  public init(path: String) {
    url = URL(filePath: path, directoryHint: .isDirectory)
  }

  /// The path for messages.
  public var path: String { url.path }
  /// The tables as one page.
  public var page: URL { url.appending(path: "report.html") }
  /// The tables for programs.
  public var reportFile: URL { url.appending(path: "report.json") }

  var identityFile: URL { url.appending(path: "experiment.json") }

  func stage(_ name: String) -> URL { url.appending(path: "stages/\(name).json") }

  func figure(_ name: String, _ kind: String) -> URL {
    url.appending(path: "figures/\(name).\(kind)")
  }

  func run(_ name: String) -> URL { url.appending(path: "runs/\(name)") }

  /// Makes the folder, or checks that it is that of the same experiment with the same options.
  ///
  /// Only one process, rank 0, must call this.
  ///
  /// - Parameter identity: The experiment.
  /// - Throws: ``ReproductionError``, `CheckpointError` if the system refuses.
  func claim(for identity: ExperimentIdentity) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if let data = try? Data(contentsOf: identityFile) {
      let earlier = try? JSONDecoder().decode(ExperimentIdentity.self, from: data)
      guard let earlier else {
        throw ReproductionError.notAnExperiment(folder: path, found: "a damaged experiment.json")
      }
      guard earlier == identity else {
        throw ReproductionError.otherExperiment(
          folder: path, found: "\(earlier)", expected: "\(identity)")
      }
    } else if let name = names.sorted().first(where: { !$0.hasPrefix(".") }) {
      throw ReproductionError.notAnExperiment(folder: path, found: name)
    }
    for folder in ["", "stages", "runs", "figures"] {
      try FileManager.default.createDirectory(
        at: url.appending(path: folder), withIntermediateDirectories: true)
    }
    try write(identity, to: identityFile)
  }

  func write(_ value: some Encodable, to file: URL) throws {
    try AtomicFile.write(
      String(decoding: try JSONEncoder.ofNumbers.encode(value), as: UTF8.self) + "\n", to: file)
  }
}

/// Which experiment a folder belongs to.
struct ExperimentIdentity: Codable, Equatable, CustomStringConvertible {
  let name: String
  let options: ExperimentOptions

  var description: String {
    "\(name) with \(options.seeds.map { "--seeds \($0)" } ?? "its own number of seeds")"
      + (options.isQuick ? " and --quick" : "")
  }
}

extension JSONEncoder {
  /// Writes keys in order, and numbers that are not finite as words.
  static var ofNumbers: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }
}

extension JSONDecoder {
  /// Reads what the encoder of numbers writes.
  static var ofNumbers: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
