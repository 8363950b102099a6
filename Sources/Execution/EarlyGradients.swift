import Autodiff

/// Priorities of units by which gradients of large weights are complete early, so that there is much
/// left to compute while they are added up over the ranks.
///
/// - One gradient after the other is computed, with no more than what it needs: first those whose own
///   arithmetic is little for their size, in the order in which they can be complete, then the
///   others. The inner levels of a network have most of its weights and the outer ones most of
///   its arithmetic. Where the line is drawn is tried out on a model of time.
/// - What one gradient needs runs in the order of the number of units that must still follow, so that
///   the reverse passes through a score and through its derivative advance together.
///
/// Gradients that wait keep activations in memory.
struct EarlyGradients {
  /// In the order of the units; the smallest is the first to run.
  private(set) var priorities: [Priority] = []

  /// What decides between units that could run next, the first differing component.
  struct Priority: Comparable {
    /// The place of the first gradient that needs the unit; -1 for what is to run at once.
    var turn: Int
    var rank: Int
    var number: Int

    static func < (left: Priority, right: Priority) -> Bool {
      (left.turn, left.rank, left.number) < (right.turn, right.rank, right.number)
    }
  }

  /// A gradient of a weight, to which several units may add.
  private struct Gradient {
    let units: [Int]
    /// The time until it is complete if nothing else is computed.
    let closure: Int
    /// The time of what no other gradient needs, for each element.
    var intensity = 0.0
  }

  private let dependencies: UnitDependencies
  private let followers: [Int]
  private let numbers: [Int]

  /// - Parameters:
  ///   - units: The units.
  ///   - nodes: The nodes that they compute.
  ///   - dependencies: Which of them need others.
  ///   - asWritten: An order in which each comes after those that it needs.
  init(
    _ units: [Unit], _ nodes: [LoweredNode], _ dependencies: UnitDependencies, asWritten: [Int]
  ) {
    self.dependencies = dependencies
    numbers = units.map { $0.written.min() ?? 0 }
    let consumers = dependencies.consumers
    let arithmetic = units.map { unit in
      if case .kernel(let node) = unit { nodes.contractionOperations(of: node) } else { 0 }
    }
    var followers = [Int](repeating: 0, count: units.count)
    var leadsOn = [Bool](repeating: false, count: units.count)
    for unit in asWritten.reversed() {
      followers[unit] = consumers[unit].map { followers[$0] + 1 }.max() ?? 0
      leadsOn[unit] = consumers[unit].contains { leadsOn[$0] || arithmetic[$0] > 0 }
    }
    self.followers = followers
    let summands = units.indices.filter { arithmetic[$0] > 0 && !leadsOn[$0] }
    let model = ReductionModel(units, nodes, arithmetic, gradients: summands)
    drawLine(gradients(model), model)
  }

  private func gradients(_ model: ReductionModel) -> [Gradient] {
    var needed = [Int](repeating: 0, count: numbers.count)
    let closures = model.gradients.map { units in
      let closure = dependencies.closure(of: units)
      for unit in closure { needed[unit] += 1 }
      return closure
    }
    return zip(model.gradients, closures).map { units, closure in
      let own = closure.filter { needed[$0] == 1 }.reduce(0) { $0 + model.costs[$1] }
      return Gradient(
        units: units, closure: closure.reduce(0) { $0 + model.costs[$1] },
        intensity: Double(own) / Double(model.size(ofGradientBy: units)))
    }
  }

  // Of limits that hide as much, the highest is taken: the fewest gradients wait in memory.
  private mutating func drawLine(_ gradients: [Gradient], _ model: ReductionModel) {
    let byClosure = gradients.sorted {
      ($0.closure, $0.units.min() ?? 0) < ($1.closure, $1.units.min() ?? 0)
    }
    var best = -Double.infinity
    for limit in Self.limits(gradients) {
      let late = byClosure.filter { $0.intensity > limit }.sorted { $0.intensity < $1.intensity }
      let candidate = priorities(for: byClosure.filter { $0.intensity <= limit } + late)
      let hidden = model.hidden(in: dependencies.order(by: candidate))
      if hidden > best + 0.01 { (best, priorities) = (hidden, candidate) }
    }
  }

  // Where intensities differ clearly, the highest first.
  private static func limits(_ gradients: [Gradient]) -> [Double] {
    let all = gradients.map(\.intensity).sorted(by: >)
    var limits = [all.first ?? 0]
    for intensity in all where intensity < 0.8 * (limits.last ?? 0) { limits.append(intensity) }
    return limits
  }

  private func priorities(for gradients: [Gradient]) -> [Priority] {
    // Gradients of biases and sums of the loss keep nothing waiting and nothing in memory.
    var turns = [Int](repeating: -1, count: numbers.count)
    for (turn, gradient) in gradients.enumerated() {
      for unit in dependencies.closure(of: gradient.units, without: { turns[$0] >= 0 }) {
        turns[unit] = turn
      }
    }
    return numbers.indices.map {
      Priority(turn: turns[$0], rank: -followers[$0], number: numbers[$0])
    }
  }
}
