import Checkpoints
import Execution
import Foundation

/// The measured choices of a kind of machine, kept from run to run.
///
/// Two measurements of nearly equal algorithms can come out differently. With the first one kept,
/// runs of the same user on the same kind of machine round in the same way. The file lies in
/// `$XDG_CACHE_HOME/helmholtz`, by default `~/.cache/helmholtz`, one for each processor and its libraries;
/// it may be deleted at any time.
struct KernelCache {
  private let file: URL

  /// The cache of this machine; nothing is read.
  init() {
    let environment = ProcessInfo.processInfo.environment
    let folder =
      environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
    let machine = "\(Self.processor) \(CompileOptions().libraries)"
    let name = machine.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" }
    file = folder.appending(path: "helmholtz/kernels-\(String(name)).json")
  }

  /// What is known; nothing if there is no readable file.
  var contents: KernelChoices {
    (try? JSONDecoder().decode(KernelChoices.self, from: Data(contentsOf: file)))
      ?? KernelChoices()
  }

  /// Replaces the file; a folder that cannot be written costs no more than the next measurement.
  func store(_ choices: KernelChoices) {
    try? FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? AtomicFile.write(choices.text, to: file)
  }

  private static var processor: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let model = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    return model ?? "unknown"
  }
}

extension KernelChoices {
  /// The tables as JSON for people and programs, the names in order.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // Tables of names have no value that JSON lacks.
    guard let data = try? encoder.encode(self) else { return "{}\n" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
