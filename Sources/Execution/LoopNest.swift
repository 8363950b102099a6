/// The loop of a cluster: its domain's axes merged where every tensor allows it.
///
/// Two neighbouring axes become one where no tensor can tell them apart, so that most clusters run
/// over one or two long axes.
struct LoopNest {
  /// Extents, outermost first, without extents of 1; at least two (rows and columns).
  private(set) var extents: [Int]
  /// For each tensor its stride along each axis.
  private(set) var strides: [[Int]]

  /// Merges axes and leaves what remains, which may be no axis at all.
  init(merging extents: [Int], strides: [[Int]]) {
    self.extents = []
    self.strides = strides.map { _ in [] }
    for axis in extents.indices where extents[axis] != 1 {
      append(extents[axis], strides.map { $0[axis] })
    }
  }

  init(extents: [Int], strides: [[Int]]) {
    self.init(merging: extents, strides: strides)
    while self.extents.count < 2 {
      self.extents.insert(1, at: 0)
      for tensor in self.strides.indices { self.strides[tensor].insert(0, at: 0) }
    }
    // A lone axis is the columns; it must be contiguous or repeated in every tensor.
    precondition(
      self.strides.allSatisfy { ($0.last ?? 0) == 0 || $0.last == 1 } || extents.contains(0),
      "columns are not contiguous")
  }

  private mutating func append(_ extent: Int, _ axisStrides: [Int]) {
    if let last = extents.last,
      strides.indices.allSatisfy({ strides[$0].last == axisStrides[$0] * extent }), last > 0
    {
      extents[extents.count - 1] = last * extent
      for tensor in strides.indices { strides[tensor][extents.count - 1] = axisStrides[tensor] }
      return
    }
    extents.append(extent)
    for tensor in strides.indices { strides[tensor].append(axisStrides[tensor]) }
  }

  /// Elements in one step of the two innermost axes.
  var rows: Int { extents[extents.count - 2] }
  /// The innermost extent.
  var columns: Int { extents[extents.count - 1] }
}
