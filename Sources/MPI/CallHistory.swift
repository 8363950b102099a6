import Synchronization

/// The last communication of this process, which tells where it is when it hangs.
///
/// For it a call takes a lock and looks at the clock twice, and allocates nothing. Any thread may ask,
/// also while another one is inside MPI.
public final class CallHistory: Sendable {
  /// One call of MPI.
  public struct Call: Sendable {
    /// The name of the MPI function.
    public let operation: String
    /// The number of elements, 0 where there are none.
    public let elements: Int
    /// The kind of the elements, nil where there are none.
    public let kind: ScalarKind?
    /// The name of the communicator.
    public let communicator: String
    /// The number of the collective on its communicator, counted from 1 and the same on all its
    /// ranks; 0 for messages between two ranks and for waiting.
    public let number: Int
    /// When it was called.
    public let begin: ContinuousClock.Instant
    /// When it was complete; nil while it is not.
    public let end: ContinuousClock.Instant?

    /// Whether the caller is held until it is complete, unlike by calls that only start something.
    public var isBlocking: Bool { !operation.hasPrefix("MPI_I") }
  }

  /// The calls of this process.
  public static let process = CallHistory()

  /// How many calls are remembered.
  public static let capacity = 64

  private struct Entry {
    let ticket: Int
    let operation: StaticString
    let elements: Int
    let kind: ScalarKind?
    let space: MessageSpace
    let number: Int
    let begin: ContinuousClock.Instant
    var end: ContinuousClock.Instant?
  }

  private struct State {
    var entries = [Entry?](repeating: nil, count: CallHistory.capacity)
    var next = 0
    var spaces: [MessageSpace] = []
  }

  private let state = Mutex(State())

  /// The last calls, the oldest first.
  public var calls: [Call] {
    state.withLock { state in
      let entries = state.entries.compactMap { $0 }.sorted { $0.ticket < $1.ticket }
      return entries.map {
        Call(
          operation: $0.operation.description, elements: $0.elements, kind: $0.kind,
          communicator: $0.space.name, number: $0.number, begin: $0.begin, end: $0.end)
      }
    }
  }

  /// How many collectives were begun on each communicator, by its name.
  public var collectives: [String: Int] {
    state.withLock { state in
      Dictionary(uniqueKeysWithValues: state.spaces.map { ($0.name, $0.collectives) })
    }
  }

  /// Remembers a communicator; a name that is taken gets a number.
  func register(_ name: String) -> MessageSpace {
    state.withLock { state in
      let taken = Set(state.spaces.map(\.name))
      var (unique, number) = (name, 2)
      while taken.contains(unique) {
        unique = "\(name) \(number)"
        number += 1
      }
      let space = MessageSpace(unique)
      state.spaces.append(space)
      return space
    }
  }

  /// Forgets a communicator that is given back.
  func remove(_ space: MessageSpace) {
    state.withLock { state in state.spaces.removeAll { $0 === space } }
  }

  /// Remembers that a call begins.
  ///
  /// - Returns: What ``end(_:)`` needs.
  func begin(
    _ operation: StaticString, _ elements: Int, _ kind: ScalarKind?, on space: MessageSpace,
    isCollective: Bool
  ) -> Int {
    let now = ContinuousClock.now
    return state.withLock { state in
      let ticket = state.next
      state.next += 1
      state.entries[ticket % Self.capacity] = Entry(
        ticket: ticket, operation: operation, elements: elements, kind: kind, space: space,
        number: isCollective ? space.beginCollective() : 0, begin: now)
      return ticket
    }
  }

  /// Remembers that a call is complete.
  func end(_ ticket: Int) {
    let now = ContinuousClock.now
    state.withLock { state in
      let slot = ticket % Self.capacity
      if state.entries[slot]?.ticket == ticket { state.entries[slot]?.end = now }
    }
  }
}

/// What the history knows of a communicator.
final class MessageSpace: Sendable {
  let name: String
  private let begun = Atomic<Int>(0)

  init(_ name: String) {
    self.name = name
  }

  /// The number of collectives begun so far.
  var collectives: Int { begun.load(ordering: .relaxed) }

  func beginCollective() -> Int { begun.wrappingAdd(1, ordering: .relaxed).newValue }
}
