import Datasets
import Evaluation
import Networks
import RunConfiguration
import Scores
import Testing
import Training

@Suite struct RunSettingsTests {
  @Test(arguments: [
    ("toy-8gaussians-qc", 42_509), ("toy-8gaussians-c", 42_509), ("cifar10-qc", 107_586_947),
  ])
  func presetsHaveTheParametersOfThePaper(preset: String, count: Int) throws {
    let settings = try ResolvedSettings(preset).settings
    #expect(try settings.scoreModel().network.trainableCount == count)
  }

  @Test func energyHeadsFollowThePaper() throws {
    let toy = try ResolvedSettings("toy-8gaussians-c").settings.scoreModel()
    #expect(toy.conversion == .residual && toy.energyForm == .equation)
    let images = try ResolvedSettings("fashion-mnist-c").settings.scoreModel()
    #expect(images.conversion == .direct && images.energyForm == .code)
    #expect(try ResolvedSettings("fashion-mnist-u").settings.scoreModel().energyForm == nil)
  }

  @Test func variancePreservingNetworksPredictNoiseAndAreToldTheTime() throws {
    let settings = try ResolvedSettings(
      "fashion-mnist-u",
      overrides: [
        "sde.kind=vp", "model.embedding=positional", "model.scale_by_sigma=false",
      ]
    ).settings
    #expect(try settings.scoreModel().conversion == .noise)
    #expect(settings.noiseCondition == .time(factor: 999))
    #expect(try settings.process().name == "VP")
  }

  @Test func flowsAreSolvedAsTheSettingsSay() throws {
    func flow(_ sampler: String) throws -> ProbabilityFlow? {
      let settings = try ResolvedSettings(
        "toy-mixture-dsm", overrides: ["sampling.sampler=\(sampler)", "sampling.steps=20"]
      ).settings
      let method = try settings.samplingMethod()
      guard case .probabilityFlow(let flow, denoisingSteps: _) = method else { return nil }
      return flow
    }
    #expect(try flow("heun")?.solver as? Heun == Heun(steps: 20))
    #expect(try flow("ode")?.solver is RungeKutta45)
    #expect(try flow("pc") == nil)
  }

  @Test func largerNetworksGetSmallerMicroBatches() throws {
    #expect(try ResolvedSettings("cifar10-qc").settings.batchPlan(ranks: 2).microBatch == 4)
    #expect(try ResolvedSettings("fashion-mnist-qc").settings.batchPlan(ranks: 1).microBatch == 16)
    let toy = try ResolvedSettings("toy-8gaussians-qc").settings
    #expect(try toy.batchPlan(ranks: 2).accumulation == 1)
  }

  @Test func testPointsOfAToyAreNotItsTrainingPoints() throws {
    let settings = try ResolvedSettings(
      "toy-8gaussians-u", overrides: ["dataset.points=20"]
    ).settings
    let (train, test) = (try settings.examples(.train), try settings.examples(.test))
    #expect(train.count == 20 && test.count == 20)
    #expect((0..<20).allSatisfy { train.example($0) != test.example($0) })
  }

  @Test func batchesLargerThanTheDataAreRefused() throws {
    let settings = try ResolvedSettings(
      "toy-8gaussians-u", overrides: ["dataset.points=20", "training.global_batch=21"]
    ).settings
    #expect(
      throws: TrainingError.tooFewExamples(name: "8gaussians", found: 20, expected: 21)
    ) {
      try settings.trainingExamples(for: settings.scoreModel().network)
    }
  }

  @Test func shortRunsAreLoggedAtEachStepUnlessTheUserSaysOtherwise() throws {
    func interval(_ overrides: String...) throws -> Int {
      try ResolvedSettings("fashion-mnist-qc", overrides: overrides).logInterval
    }
    #expect(try interval("training.steps=60") == 1)
    #expect(try interval("training.steps=2000") == 10)
    #expect(try interval("training.steps=1000000") == 20)
    #expect(try interval("training.steps=60", "training.log_every=7") == 7)
  }
}
