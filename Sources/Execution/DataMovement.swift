import Autodiff
import CVectorKernels

// Kernels that only move numbers.
extension StepFactory {
  func relayout(_ node: LoweredNode, _ place: KernelMemory) -> any Step {
    let (batch, channels) = (node.shape[0], node.shape[1])
    let area = node.shape[2] * node.shape[3]
    let toBlocked = node.layout == .blocked
    return ClosureStep("relayout") {
      let (from, to) = (place.operands[0], place.result)
      toBlocked
        ? hk_block_channels(from, to, batch, channels, area)
        : hk_unblock_channels(from, to, batch, channels, area)
    }
  }

  func boxCopies(
    _ primitive: Primitive, _ operands: [LoweredNode], _ node: LoweredNode, _ place: KernelMemory
  ) -> any Step {
    switch primitive {
    case .transpose(let permutation):
      let source = operands[0].shape.strides
      let copy = StridedCopy(
        extents: node.shape.dimensions, from: permutation.map { source[$0] },
        to: node.shape.strides)
      return ClosureStep("transpose") { copy.execute(place.operands[0], place.result) }
    case .slice(let start):
      let (inner, outer) = (node.box, operands[0].box)
      let copy = StridedCopy(
        extents: inner.extents, from: outer.strides, to: inner.strides,
        fromOffset: outer.offset(of: start))
      return ClosureStep("slice") { copy.execute(place.operands[0], place.result) }
    case .pad(let start):
      let (inner, outer) = (operands[0].box, node.box)
      let copy = StridedCopy(
        extents: inner.extents, from: inner.strides, to: outer.strides,
        toOffset: outer.offset(of: start))
      let count = node.shape.count
      return ClosureStep("pad") {
        place.result.update(repeating: 0, count: count)
        copy.execute(place.operands[0], place.result)
      }
    default:
      return concatenation(primitive, operands, node, place)
    }
  }

  private func concatenation(
    _ primitive: Primitive, _ operands: [LoweredNode], _ node: LoweredNode, _ place: KernelMemory
  ) -> any Step {
    guard case .concatenate(let axis) = primitive else {
      preconditionFailure("\(primitive) does not copy boxes")
    }
    var start = [Int](repeating: 0, count: node.shape.rank)
    let copies = operands.map { operand in
      defer { start[axis] += operand.shape[axis] }
      return StridedCopy(
        extents: operand.box.extents, from: operand.box.strides, to: node.box.strides,
        toOffset: node.box.offset(of: start))
    }
    return ClosureStep("concatenate") {
      for (copy, operand) in zip(copies, place.operands) { copy.execute(operand, place.result) }
    }
  }

  func rowCopies(
    _ primitive: Primitive, _ operands: [LoweredNode], _ node: LoweredNode, _ place: KernelMemory
  ) -> any Step {
    let width = node.shape[1]
    let count = operands[1].shape[0]
    let rows = operands[0].shape[0]
    if case .gather = primitive {
      return ClosureStep("gather") {
        for index in 0..<count {
          let row = place.operands[1].row(index, of: rows)
          (place.result + index * width).update(from: place.operands[0] + row * width, count: width)
        }
      }
    }
    let target = node.shape[0]
    return ClosureStep("scatter") {
      place.result.update(repeating: 0, count: target * width)
      for index in 0..<count {
        let row = place.operands[1].row(index, of: target)
        for column in 0..<width {
          place.result[row * width + column] += place.operands[0][index * width + column]
        }
      }
    }
  }

  func dropoutMask(
    _ site: UInt32, _ rate: Float, _ shape: Shape, _ place: KernelMemory
  ) -> any Step {
    let count = shape.count / max(1, shape[0])
    let batch = shape[0]
    return ClosureStep("dropout mask") {
      for example in 0..<batch {
        hk_dropout_mask(
          place.result + example * count, count, place.operands[0][2 * example].bitPattern,
          place.operands[0][2 * example + 1].bitPattern, site, rate)
      }
    }
  }
}

extension UnsafeMutablePointer<Float> {
  fileprivate func row(_ index: Int, of rows: Int) -> Int {
    let row = Int(self[index])
    precondition(row >= 0 && row < rows, "row \(row) of \(rows)")
    return row
  }
}

/// A box inside strided memory copied to another.
struct StridedCopy {
  private let extents: [Int]
  private let from: [Int]
  private let to: [Int]
  private let fromOffset: Int
  private let toOffset: Int

  init(extents: [Int], from: [Int], to: [Int], fromOffset: Int = 0, toOffset: Int = 0) {
    // Axes that are contiguous on both sides are one.
    let nest = LoopNest(merging: extents, strides: [from, to])
    self.extents = nest.extents
    self.from = nest.strides[0]
    self.to = nest.strides[1]
    self.fromOffset = fromOffset
    self.toOffset = toOffset
  }

  func execute(_ source: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
    hk_copy_strided(
      source + fromOffset, target + toOffset, extents, from, to, Int32(extents.count))
  }
}

extension LoweredNode {
  /// The node's memory as it lies: channel blocks are axes of their own.
  var box: MemoryBox {
    let domain = Domain(shape: shape, layout: layout)
    return MemoryBox(extents: domain.extents, isBlocked: layout == .blocked)
  }
}

/// Row-major memory, whose axes are the tensor's or `[N, C / 16, H, W, 16]`.
struct MemoryBox {
  let extents: [Int]
  let isBlocked: Bool

  var strides: [Int] { Shape(extents).strides }

  /// How far from its beginning an element lies; in blocked memory its channel begins a block.
  func offset(of start: [Int]) -> Int {
    let place =
      isBlocked
      ? [start[0], start[1] / ActivationLayout.lanes, start[2], start[3], 0] : start
    return zip(place, strides).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
