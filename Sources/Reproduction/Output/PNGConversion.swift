import Foundation

/// The program that turns figures into PNG files: librsvg's `rsvg-convert`, if it is installed.
struct PNGConversion {
  /// What to tell where it is missing.
  static let missing =
    "figures are SVG only: rsvg-convert was not found (Debian has it in librsvg2-bin)"

  // Two pixels for each printer's point is what screens and drafts need.
  private static let zoom = "2"

  private let program: URL

  /// Finds the program on the search path; nil if it is not there.
  init?(searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? "") {
    let candidates = searchPath.split(separator: ":").map { "\($0)/rsvg-convert" }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
      return nil
    }
    program = URL(filePath: found)
  }

  /// Draws an SVG file.
  ///
  /// - Parameters:
  ///   - source: The SVG file.
  ///   - target: The PNG file.
  /// - Returns: What went wrong, nil if nothing did.
  func convert(_ source: URL, to target: URL) -> String? {
    let process = Process()
    let errors = Pipe()
    process.executableURL = program
    process.arguments = ["-z", Self.zoom, "-o", target.path, source.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do {
      try process.run()
      let text = try errors.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        return "\(target.path): rsvg-convert ended with \(process.terminationStatus):"
          + " \(String(decoding: text, as: UTF8.self).split(separator: "\n").first ?? "")"
      }
      return nil
    } catch {
      return "\(target.path): rsvg-convert could not run: \(error)"
    }
  }
}
