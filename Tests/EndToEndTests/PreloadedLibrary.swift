import Foundation
import Testing

/// Compiles C code into a library that is loaded before the others, whose functions it replaces.
///
/// - Parameters:
///   - code: The code.
///   - folder: Where the library goes.
/// - Returns: The environment of programs that load it.
/// - Throws: If there is no compiler.
func preloaded(_ code: String, in folder: URL) throws -> [String: String] {
  let source = folder.appending(path: "preloaded.c")
  let library = folder.appending(path: "preloaded.so").path
  try code.write(to: source, atomically: true, encoding: .utf8)
  let compiler = Process()
  compiler.executableURL = URL(filePath: "/usr/bin/env")
  compiler.arguments = ["cc", "-shared", "-fPIC", "-o", library, source.path, "-ldl"]
  try compiler.run()
  compiler.waitUntilExit()
  try #require(compiler.terminationStatus == 0)
  return ["LD_PRELOAD": library]
}
