import Foundation
import TestSupport
import Testing

/// Checks before a run that would last for ever end, and say which rank is waited for.
@Suite(.serialized) struct PreflightHangTests {
  /// Commands of two ranks, the second of which reads a file that nobody writes.
  private func commands(_ scene: RunScene, _ options: [String]) throws -> [[String]] {
    let folder = scene.folder.appending(path: "endless")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try #require(mkfifo(folder.appending(path: "train-images-idx3-ubyte").path, 0o600) == 0)
    let preflight =
      [scene.program.path, "preflight", scene.configuration, "--limit", "2"] + options
    return [preflight, preflight + ["--set", "dataset.path=\(folder.path)"]]
  }

  @Test func storageThatDoesNotAnswerIsNamedWithItsRank() async throws {
    let scene = try RunScene()
    let run = scene.folder.appending(path: "run")
    let outcome = try await scene.program.run(
      onEachRank: commands(scene, ["--run", run.path]))
    #expect(outcome.code == 5, "\(outcome.output) \(outcome.errors)")
    #expect(outcome.messages.count == 1, "\(outcome.errors)")
    let message = try #require(outcome.messages.first)
    #expect(message.contains("the check of data took over 2.0 s: rank 1 of 2 on "), "\(message)")
    #expect(message.contains(" is not in call ") && message.contains(", in which rank 0 waits"))
    // What was found before is there to be read.
    #expect(outcome.output.contains("\nrun folder "))
  }

  @Test func ranksWithoutACommonFolderSpeakForThemselves() async throws {
    let scene = try RunScene()
    let outcome = try await scene.program.run(onEachRank: commands(scene, []))
    #expect(outcome.code == 5, "\(outcome.output) \(outcome.errors)")
    let messages = outcome.messages.sorted { $0.contains(": rank 0 ") && !$1.contains(": rank 0 ") }
    #expect(messages.count == 2, "\(outcome.errors)")
    #expect(messages.first?.contains(" waits in call ") == true, "\(outcome.errors)")
    #expect(messages.last?.contains("rank 1 of 2 on ") == true, "\(outcome.errors)")
    #expect(messages.last?.contains(" has not communicated for ") == true, "\(outcome.errors)")
  }

  @Test func ranksThatNeverMeetAreNoticed() async throws {
    let scene = try RunScene()
    let environment = try preloaded(
      """
      #include <stdlib.h>
      #include <string.h>
      #include <unistd.h>

      int PMPI_Bcast(void *, int, void *, int, void *);

      int MPI_Bcast(void *data, int count, void *type, int root, void *communicator) {
        const char *rank = getenv("OMPI_COMM_WORLD_RANK");
        if (rank && strcmp(rank, "1") == 0) sleep(600);
        return PMPI_Bcast(data, count, type, root, communicator);
      }
      """, in: scene.folder)
    let outcome = try await scene.program.run(
      ["preflight", scene.configuration, "--limit", "2"], ranks: 2, environment: environment)
    #expect(outcome.code == 5, "\(outcome.output) \(outcome.errors)")
    #expect(outcome.errors.contains("the start took over 2.0 s: rank "), "\(outcome.errors)")
    #expect(outcome.errors.contains(" waits in call "), "\(outcome.errors)")
  }
}
