import Execution
import Foundation
import RunConfiguration
import TestSupport
import Testing
import Training

@Suite struct RunFolderTests {
  private func withFolder(_ body: (RunFolder) throws -> Void) throws {
    let parent = try TemporaryFolder()
    try body(RunFolder(path: parent.path + "/run"))
  }

  private func create(_ folder: RunFolder, _ settings: RunSettings) throws {
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    try folder.write(settings)
  }

  private func settings(_ overrides: String...) throws -> RunSettings {
    try ResolvedSettings("toy-8gaussians-qc", overrides: overrides).settings
  }

  @Test func settingsComeBackAsTheyWereWritten() throws {
    try withFolder { folder in
      #expect(try folder.settings() == nil)
      try create(folder, try settings("seed=7"))
      #expect(try folder.settings() == settings("seed=7"))
    }
  }

  @Test func lengthAndRhythmMayChangeButNotTheModel() throws {
    try withFolder { folder in
      try create(folder, try settings())
      let longer = try settings("training.steps=9999", "training.checkpoint_every=3")
      #expect(try folder.claim(for: longer, startsAnew: false) == nil)
      let error = #expect(throws: TrainingError.self) {
        try folder.claim(for: settings("seed=7", "sde.sigma_max=4"), startsAnew: false)
      }
      let text = error?.description ?? ""
      #expect(text.contains("seed: 1 -> 7") && text.contains("sde.sigma_max: 3"))
    }
  }

  @Test func foldersWithOtherFilesAreRefused() throws {
    try withFolder { folder in
      try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
      #expect(try folder.claim(for: settings(), startsAnew: false) == nil)
      try Data().write(to: folder.url.appending(path: "thesis.tex"))
      #expect(throws: TrainingError.notARunFolder(path: folder.path, found: "thesis.tex")) {
        try folder.claim(for: settings(), startsAnew: false)
      }
    }
  }

  @Test func startThatWasKilledIsNoObstacle() throws {
    try withFolder { folder in
      let store = folder.url.appending(path: "checkpoints")
      try FileManager.default.createDirectory(
        at: store.appending(path: "step-000000001.partial"), withIntermediateDirectories: true)
      for name in ["generation", "shared-5C537B0E-FE29-46D6-8E24-18DB6CD36043"] {
        try Data().write(to: folder.url.appending(path: name))
      }
      #expect(try folder.claim(for: settings(), startsAnew: false) == nil)

      let step = store.appending(path: "step-000000001")
      try FileManager.default.createDirectory(at: step, withIntermediateDirectories: true)
      try Data().write(to: step.appending(path: "manifest.json"))
      #expect(throws: TrainingError.notARunFolder(path: folder.path, found: "checkpoints")) {
        try folder.claim(for: settings(), startsAnew: false)
      }
    }
  }

  @Test func startingAnewRenamesAndNeverOverwrites() throws {
    try withFolder { folder in
      for number in 1...2 {
        try create(folder, try settings("seed=\(number)"))
        let target = try folder.claim(for: settings(), startsAnew: true)
        #expect(target?.hasSuffix("run.old-\(number)") == true)
        let moved = RunFolder(path: target ?? "")
        #expect(try moved.settings()?.seed == UInt64(number))
        #expect(!FileManager.default.fileExists(atPath: folder.path))
      }
      #expect(try folder.claim(for: settings(), startsAnew: true) == nil)
    }
  }

  @Test func damagedKernelChoicesAreReported() throws {
    try withFolder { folder in
      try create(folder, try settings())
      #expect(folder.kernels().warning == nil)
      try folder.write(KernelChoices())
      #expect(folder.kernels().warning == nil)
      try Data("{\"convolutions\": {\"forward".utf8).write(to: folder.kernelsFile)
      #expect(folder.kernels().warning?.contains("kernels.json is damaged") == true)
      #expect(folder.kernels().choices == KernelChoices())
    }
  }

  @Test func sampleFilesSortByStep() {
    let folder = RunFolder(path: "/runs/a")
    #expect(folder.samplesFile(ofStep: 1000).path == "/runs/a/samples/000001000.png")
  }
}
