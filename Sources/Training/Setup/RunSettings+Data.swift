public import Datasets
public import RunConfiguration

extension RunSettings {
  /// Reads a part of the data set.
  ///
  /// The test points of a toy density are drawn under another seed than the training points.
  ///
  /// - Parameter split: Which examples to read.
  /// - Returns: The examples; images have values in [0, 1].
  /// - Throws: `DatasetError` if a file is missing or damaged.
  public func examples(_ split: DatasetSplit) throws(DatasetError) -> any Dataset {
    switch dataset.kind {
    case .fashionMNIST:
      return try FashionMNIST(
        folder: dataset.path ?? FashionMNIST.debianFolder, split: split, size: dataset.size)
    case .idx:
      return try FashionMNIST(folder: dataset.path ?? "", split: split, size: dataset.size)
    case .cifar10:
      return try CIFAR10(folder: dataset.path ?? "cifar-10-batches-bin", split: split)
    case .eightGaussians: return toy(.eightGaussians, split)
    case .spirals: return toy(.spirals, split)
    case .checkerboard: return toy(.checkerboard, split)
    }
  }

  private func toy(_ kind: ToyDensity.Kind, _ split: DatasetSplit) -> ToyDensity {
    ToyDensity(kind, count: dataset.points, seed: split == .train ? seed : ~seed)
  }
}
