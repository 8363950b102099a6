import Autodiff

/// A model of how much of a reduction of gradients is hidden that takes half as long as the program
/// itself: a third of a step, if nothing were hidden.
struct ReductionModel {
  // What a processor computes while it moves one number.
  private static let operationsPerElement = 60
  private static let communication = 0.5

  /// The time of each unit, in operations.
  let costs: [Int]
  /// The units that add to each gradient.
  let gradients: [[Int]]

  // Of each gradient, by its first unit.
  private var sizes: [Int: Int] = [:]

  /// - Parameters:
  ///   - units: The units.
  ///   - nodes: The nodes that they compute.
  ///   - arithmetic: The operations of each unit, 0 where memory is what counts.
  ///   - gradients: The units that compute gradients of weights or add to them.
  init(_ units: [Unit], _ nodes: [LoweredNode], _ arithmetic: [Int], gradients: [Int]) {
    costs = units.indices.map { unit in
      guard arithmetic[unit] == 0 else { return arithmetic[unit] }
      let moved = units[unit].written + units[unit].read(nodes)
      return moved.reduce(0) { $0 + nodes[$1].shape.count } * Self.operationsPerElement
    }
    let byStorage = Dictionary(grouping: gradients) { unit in
      units[unit].written.map { nodes.storage(of: $0) }.min() ?? 0
    }
    self.gradients = byStorage.sorted { $0.key < $1.key }.map(\.value)
    for (storage, summands) in byStorage {
      sizes[summands[0]] = max(1, nodes[storage].shape.count)
    }
  }

  /// The elements of the gradient to which units add.
  func size(ofGradientBy units: [Int]) -> Int { sizes[units[0]] ?? 1 }

  /// The part of the reduction that is over when the program is.
  ///
  /// - Parameter order: All units in the order in which they run.
  /// - Returns: The part, up to 1.
  func hidden(in order: [Int]) -> Double {
    var ends = [Int](repeating: 0, count: costs.count)
    var now = 0
    for unit in order {
      now += costs[unit]
      ends[unit] = now
    }
    let completions = gradients.map { units in
      (ready: units.map { ends[$0] }.max() ?? 0, size: size(ofGradientBy: units))
    }
    let reduction = Self.communication * Double(now)
    let elements = Double(completions.reduce(0) { $0 + $1.size })
    var end = 0.0
    for (ready, size) in completions.sorted(by: { ($0.ready, $0.size) < ($1.ready, $1.size) }) {
      end = max(end, Double(ready)) + reduction * Double(size) / elements
    }
    return 1 - (end - Double(now)) / reduction
  }
}
