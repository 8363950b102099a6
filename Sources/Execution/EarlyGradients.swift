import Autodiff

/// Priorities of units by which gradients of large weights are complete early, so that there is much
/// left to compute while they are added up over the ranks.
///
/// - Gradients with little arithmetic for their size are computed as soon as they can be, the others
///   after everything else: the inner levels of a network have most of its weights and the outer ones
///   most of its arithmetic. Where the line is drawn is tried out on a model of time.
/// - Everything else runs in the order of the number of units that must still follow it, so that the
///   reverse passes through a score and through its derivative advance together.
/// - What serves gradients only runs when they do.
///
/// Gradients that wait keep activations in memory.
struct EarlyGradients {
  /// In the order of the units; the smallest is the first to run.
  private(set) var priorities: [Priority] = []

  /// What decides between units that could run next, the first differing component.
  struct Priority: Comparable {
    enum Turn: Int {
      case atOnce, inTurn, last
    }

    var turn: Turn
    var rank: Double
    var number: Int

    static func < (left: Priority, right: Priority) -> Bool {
      (left.turn.rawValue, left.rank, left.number) < (right.turn.rawValue, right.rank, right.number)
    }
  }

  private let dependencies: UnitDependencies
  // Units from the last to the first.
  private let backwards: [Int]
  // Those that compute gradients of weights, and how much arithmetic there is for each element.
  private var intensities: [Int: Double] = [:]
  private let model: ReductionModel

  /// - Parameters:
  ///   - units: The units.
  ///   - nodes: The nodes that they compute.
  ///   - dependencies: Which of them need others.
  ///   - asWritten: An order in which each comes after those that it needs.
  init(
    _ units: [Unit], _ nodes: [LoweredNode], _ dependencies: UnitDependencies, asWritten: [Int]
  ) {
    self.dependencies = dependencies
    backwards = asWritten.reversed()
    let consumers = dependencies.consumers
    let arithmetic = units.map { unit in
      if case .kernel(let node) = unit { nodes.contractionOperations(of: node) } else { 0 }
    }
    var followers = [Int](repeating: 0, count: units.count)
    var leadsOn = [Bool](repeating: false, count: units.count)
    for unit in backwards {
      followers[unit] = consumers[unit].map { followers[$0] + 1 }.max() ?? 0
      leadsOn[unit] = consumers[unit].contains { leadsOn[$0] || arithmetic[$0] > 0 }
    }
    for unit in units.indices where arithmetic[unit] > 0 && !leadsOn[unit] {
      let size = units[unit].written.reduce(0) { $0 + nodes[$1].shape.count }
      intensities[unit] = Double(arithmetic[unit]) / Double(max(1, size))
    }
    model = ReductionModel(units, nodes, arithmetic, gradients: Set(intensities.keys))
    let inTurn = units.indices.map { unit in
      // Gradients of biases and sums of the loss keep nothing waiting and nothing in memory.
      Priority(
        turn: leadsOn[unit] || arithmetic[unit] > 0 ? .inTurn : .atOnce,
        rank: -Double(followers[unit]), number: units[unit].written.min() ?? 0)
    }
    drawLine(inTurn)
  }

  // Of limits that hide as much, the highest is taken: the fewest gradients wait in memory.
  private mutating func drawLine(_ inTurn: [Priority]) {
    priorities = inTurn
    var best = -Double.infinity
    for limit in Set(intensities.values).sorted(by: >) {
      let candidate = placed(inTurn, latestAbove: limit)
      let hidden = model.hidden(in: dependencies.order(by: candidate))
      if hidden > best + 0.01 { (best, priorities) = (hidden, candidate) }
    }
  }

  // Puts gradients of more arithmetic than a limit last and the others first.
  private func placed(_ inTurn: [Priority], latestAbove limit: Double) -> [Priority] {
    var priorities = inTurn
    for (unit, intensity) in intensities {
      priorities[unit].turn = intensity > limit ? .last : .atOnce
      priorities[unit].rank = intensity > limit ? intensity : 0
    }
    var isPlaced = Set(intensities.keys)
    for unit in backwards where !isPlaced.contains(unit) && inTurn[unit].turn == .inTurn {
      let consumers = dependencies.consumers[unit]
      guard consumers.allSatisfy(isPlaced.contains),
        let first = consumers.map({ priorities[$0] }).min()
      else { continue }
      isPlaced.insert(unit)
      priorities[unit] = first
    }
    return priorities
  }
}

/// A model of how much of a reduction is hidden that takes half as long as the program itself: a
/// third of a step, if nothing were hidden.
private struct ReductionModel {
  // What a processor computes while it moves one number.
  private static let operationsPerElement = 60
  private static let communication = 0.5

  // Of each unit, in operations.
  private let costs: [Int]
  // For each unit that adds to a gradient the gradient, and of each gradient the size.
  private var gradients: [Int: Int] = [:]
  private var sizes: [Int: Int] = [:]

  init(_ units: [Unit], _ nodes: [LoweredNode], _ arithmetic: [Int], gradients: Set<Int>) {
    costs = units.indices.map { unit in
      guard arithmetic[unit] == 0 else { return arithmetic[unit] }
      let moved = units[unit].written + units[unit].read(nodes)
      return moved.reduce(0) { $0 + nodes[$1].shape.count } * Self.operationsPerElement
    }
    for unit in gradients {
      guard case .kernel(let node) = units[unit] else { continue }
      let storage = nodes.storage(of: node)
      self.gradients[unit] = storage
      sizes[storage] = nodes[storage].shape.count
    }
  }

  /// The part of the reduction that is over when the program is.
  func hidden(in order: [Int]) -> Double {
    var now = 0
    var completions: [Int: Int] = [:]
    for unit in order {
      now += costs[unit]
      if let gradient = gradients[unit] { completions[gradient] = now }
    }
    let reduction = Self.communication * Double(now)
    let elements = Double(sizes.values.reduce(0, +))
    var end = 0.0
    for (gradient, ready) in completions.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
      end = max(end, Double(ready)) + reduction * Double(sizes[gradient] ?? 0) / elements
    }
    return 1 - (end - Double(now)) / reduction
  }
}
