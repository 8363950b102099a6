import Autodiff
import Foundation
import Networks
import TestSupport
import Testing

@Suite struct ClassifierTests {
  @Test func toyNetworksHaveTheReferenceImplementationsParameters() throws {
    let network = ConditionedMLP()
    #expect(network.trainableCount == 44_818)
    #expect(ConditionedMLP(isConditioned: false).trainableCount == 42_050)
    let reference = try ReferenceCase("toy_dlsm")
    for prefix in ["score/", "classifier/"] {
      #expect(
        Set(network.parameters.map { prefix + $0.name })
          == Set(reference.names.filter { $0.hasPrefix(prefix) }))
      for parameter in network.parameters {
        #expect(try reference.shape(prefix + parameter.name) == parameter.shape)
      }
    }
  }

  @Test(arguments: [
    (ConditionedResNet.Configuration.resNet18, 10, 11_322_634, 9_600),
    (.resNet34, 100, 21_476_964, 17_024),
  ])
  func residualNetworksHaveThePublishedCounts(
    _ configuration: ConditionedResNet.Configuration, classes: Int, trained: Int, running: Int
  ) throws {
    var configuration = configuration
    configuration.classes = classes
    let network = try ConditionedResNet(configuration)
    #expect(network.trainableCount == trained)
    let fixed = network.parameters.filter { !$0.isTrainable }
    #expect(fixed.filter { $0.name == "fourier.W" }.map(\.shape) == [[32]])
    let statistics = fixed.filter { $0.name.contains(".running_") }
    #expect(statistics.reduce(0) { $0 + $1.shape.count } == running)
  }

  @Test func unsuitableStagesAreErrors() {
    var configuration = ConditionedResNet.Configuration()
    configuration.blocks = [2, 2]
    #expect(throws: NetworkError.self) { try ConditionedResNet(configuration) }
    configuration = .resNet18
    configuration.imageSize = 28
    #expect(throws: NetworkError.self) { try ConditionedResNet(configuration) }
  }

  @Test func logarithmsSumUpToOneAndSurviveLargeLogits() throws {
    let graph = Graph()
    let logits = graph.literal([1, 2, 4, 300, -300, 0], [2, 3])
    let network = ConditionedMLP(outputs: 3)
    let logs = try [ClassLogarithm.exact, .shifted].map { logarithm in
      try ReferenceEvaluator().evaluate(
        Classifier(network: network, logarithm: logarithm).logProbabilities(logits))
    }
    let sum = (0..<3).reduce(0) { $0 + exp(logs[0][$1]) }
    #expect(abs(sum - 1) < 1e-12)
    #expect(abs(logs[0][4] + 600) < 1e-9)
    // The reference's form cannot go below log(1e-8).
    #expect(abs(logs[1][4] - log(1e-8)) < 1e-6)
    #expect(abs(logs[0][1] - logs[1][1]) < 1e-6)
  }

  @Test func theChoiceHasOneForTheLabel() throws {
    let graph = Graph()
    let choice = Classifier(network: ConditionedMLP(outputs: 3)).choice(graph.literal([2, 0], [2]))
    #expect(try ReferenceEvaluator().evaluate(choice) == [0, 0, 1, 1, 0, 0])
  }
}
