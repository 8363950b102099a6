import Autodiff
public import Datasets
public import Networks
public import RunConfiguration

extension RunSettings {
  /// Reads a part of the data set.
  ///
  /// The test points of a toy density are drawn under another seed than the training points; the
  /// moons are a fixed set, the same for both.
  ///
  /// - Parameter split: Which examples to read.
  /// - Returns: The examples; images have values in [0, 1].
  /// - Throws: `DatasetError` if a file is missing or damaged.
  public func examples(_ split: DatasetSplit) throws(DatasetError) -> any Dataset {
    let all = try allExamples(split)
    guard let only = dataset.only else { return all }
    return try ClassView(all, only: only)
  }

  private func allExamples(_ split: DatasetSplit) throws(DatasetError) -> any Dataset {
    switch dataset.kind {
    case .fashionMNIST:
      return try FashionMNIST(
        folder: dataset.path ?? FashionMNIST.debianFolder, split: split, size: dataset.size)
    case .idx:
      return try IDXImages(folder: dataset.path ?? ".", split: split, size: dataset.size)
    case .cifar10:
      return try CIFAR10(
        folder: dataset.path ?? "cifar-10-batches-bin", split: split, size: dataset.size)
    case .eightGaussians: return toy(.eightGaussians, split)
    case .spirals: return toy(.spirals, split)
    case .checkerboard: return toy(.checkerboard, split)
    case .mixture: return toy(.mixture, split)
    case .moons: return TwoMoons(count: dataset.points)
    }
  }

  /// Reads the training examples of a run and checks that the model can be trained on them.
  ///
  /// - Parameter network: The network.
  /// - Returns: The examples.
  /// - Throws: `DatasetError` if a file is missing or damaged, ``TrainingError`` if the shape is
  ///   another than the network's or there are too few.
  public func trainingExamples(for network: any Parameterized) throws -> any Dataset {
    let examples = try examples(.train)
    let expected = network.exampleShape.dimensions
    guard examples.shape == expected else {
      throw TrainingError.unsuitableData(
        name: examples.name, found: examples.shape, expected: expected)
    }
    guard examples.count >= training.globalBatch else {
      throw TrainingError.tooFewExamples(
        name: examples.name, found: examples.count, expected: training.globalBatch)
    }
    return examples
  }

  private func toy(_ kind: ToyDensity.Kind, _ split: DatasetSplit) -> ToyDensity {
    ToyDensity(kind, count: dataset.points, seed: split == .train ? seed : ~seed)
  }
}
