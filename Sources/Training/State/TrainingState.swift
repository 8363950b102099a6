public import Checkpoints
import Execution
public import Networks
public import RunConfiguration

/// Everything that a run must save to go on as if it had never stopped, and the gradients.
///
/// Randomness and data order are functions of the seed and the counters, so there is nothing else.
/// Weights and gradients are whole on every rank; of the rest a rank may hold a part.
public final class TrainingState {
  /// Which parameter lies where in the buffers.
  public let layout: ParameterLayout
  /// What this rank holds of moments, average and outer state.
  public let share: StateShare
  /// The weights.
  public let parameters: FlatBuffer
  /// The mean of the gradients that Adam keeps; zero for fixed parameters, as the next.
  public let firstMoments: FlatBuffer
  /// The mean of the squared gradients that Adam keeps.
  public let secondMoments: FlatBuffer
  /// The exponential moving average of the weights; the weights themselves if it is off.
  public let average: FlatBuffer
  /// The gradients of the trained parameters; not part of a checkpoint.
  public let gradients: FlatBuffer
  /// What joins steps of single ranks; nil where there are none.
  let outer: OuterState?
  /// How far the run is.
  public var counters = TrainingCounters()

  /// Allocates a state of zeros.
  ///
  /// - Parameters:
  ///   - layout: Which parameter lies where.
  ///   - share: What this rank holds; nil for all.
  public init(_ layout: ParameterLayout, share: StateShare? = nil) {
    let share = share ?? StateShare(wholeOf: layout)
    self.layout = layout
    self.share = share
    parameters = FlatBuffer(count: layout.extent)
    firstMoments = FlatBuffer(range: share.part)
    secondMoments = FlatBuffer(range: share.part)
    average = FlatBuffer(range: share.part)
    gradients = FlatBuffer(count: layout.trainableExtent)
    outer = share.hasOuterState ? OuterState(layout) : nil
  }

  /// The state before the first step of a run, equal on all ranks.
  ///
  /// - Parameters:
  ///   - parameters: The network's parameters in its order.
  ///   - seed: The seed of the run.
  public convenience init(_ parameters: [Parameter], seed: UInt64) {
    let layout = ParameterLayout(parameters)
    self.init(layout, share: StateShare(wholeOf: layout), seed: seed)
  }

  /// The state of one of several ranks before the first step of a run.
  ///
  /// - Parameters:
  ///   - parameters: The network's parameters in its order.
  ///   - settings: The settings of the run.
  ///   - rank: The rank.
  ///   - ranks: The number of ranks.
  public convenience init(
    _ parameters: [Parameter], settings: RunSettings, rank: Int, of ranks: Int
  ) {
    let layout = ParameterLayout(parameters)
    self.init(
      layout, share: StateShare(layout, settings.dataParallel, rank: rank, of: ranks),
      seed: settings.seed)
  }

  private convenience init(_ layout: ParameterLayout, share: StateShare, seed: UInt64) {
    self.init(layout, share: share)
    for (index, parameter) in layout.parameters.enumerated() {
      _ = parameters[layout.range(of: parameter)].update(
        fromContentsOf: parameter.initialValues(seed: seed, index: index))
    }
    average.copy(from: parameters)
  }

  /// The buffers of a checkpoint, as far as this rank holds them.
  public var buffers: [StateBuffer] {
    [
      StateBuffer(name: "parameters", values: parameters.values),
      StateBuffer(name: "ema", values: average.values, start: average.start),
      StateBuffer(name: "adam.first", values: firstMoments.values, start: firstMoments.start),
      StateBuffer(name: "adam.second", values: secondMoments.values, start: secondMoments.start),
    ]
      + (outer.map {
        [StateBuffer(name: "outer.momentum", values: $0.momentum.values, isOptional: true)]
      } ?? [])
  }

  /// The elements that this rank writes to checkpoints; nil if it holds all, so that any will do.
  var rangeToSave: Range<Int>? { share.isSharded ? share.part : nil }

  /// The bytes of all buffers on this rank.
  public var byteCount: Int { share.byteCount(layout) }

  /// The bytes of all buffers on the rank that holds most.
  ///
  /// - Parameters:
  ///   - layout: Which parameter lies where.
  ///   - settings: How ranks share the work of an update.
  ///   - ranks: The number of ranks.
  /// - Returns: The bytes.
  public static func byteCount(
    _ layout: ParameterLayout, _ settings: DataParallelSettings = DataParallelSettings(),
    ranks: Int = 1
  ) -> Int {
    (0..<ranks).map {
      StateShare(layout, settings, rank: $0, of: ranks).byteCount(layout)
    }.max() ?? 0
  }

  /// Refuses a network whose state is larger than the memory of this machine.
  ///
  /// - Parameters:
  ///   - layout: Its parameters.
  ///   - settings: What ranks share.
  ///   - ranks: The number of ranks.
  /// - Throws: `TrainingError.tooLittleMemory`.
  static func requireMemory(
    for layout: ParameterLayout, _ settings: DataParallelSettings = DataParallelSettings(),
    ranks: Int = 1
  ) throws(TrainingError) {
    try TrainingError.ifMemoryLacks(
      "model", "state and gradients of \(layout.trainableCount) parameters"
    ) { () throws(MemoryShortage) in
      try MemoryShortage.refuse(bytes: byteCount(layout, settings, ranks: ranks))
    }
  }

  /// The memory to bind to the inputs of a program that reads the weights.
  ///
  /// - Parameter buffer: `parameters`, or an average that holds all elements.
  /// - Returns: The memory of each parameter by its name.
  public func bindings(to buffer: FlatBuffer) -> [String: UnsafeMutableBufferPointer<Float>] {
    Dictionary(
      uniqueKeysWithValues: layout.parameters.map { ($0.name, buffer[layout.range(of: $0)]) })
  }
}

/// What joins the steps that ranks make by themselves.
final class OuterState {
  /// The trained weights from which all ranks started; not part of a checkpoint, which is written
  /// when they start.
  let start: FlatBuffer
  /// The momentum of the outer steps; zero for fixed parameters.
  let momentum: FlatBuffer

  init(_ layout: ParameterLayout) {
    start = FlatBuffer(count: layout.trainableExtent)
    momentum = FlatBuffer(count: layout.extent)
  }
}
