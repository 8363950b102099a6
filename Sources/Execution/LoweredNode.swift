import Autodiff

/// How an elementwise instruction combines its operands.
enum ElementwiseFunction: Hashable {
  case copy
  case unary(UnaryFunction)
  case binary(BinaryFunction)
  case select
}

enum ReductionKind: Hashable {
  case sum
  case maximum
}

/// What a lowered node does; every node's memory layout is decided.
enum LoweredOperation {
  /// Memory bound from outside or filled once.
  case source(Primitive)
  /// A number; it becomes an immediate of the instructions that use it.
  case constant(Float)
  /// A strided view; it becomes a load of the clusters that use it.
  case broadcast
  /// An instruction of a fused cluster.
  case elementwise(ElementwiseFunction)
  /// The end of a fused cluster over the operand's elements.
  case reduction(ReductionKind)
  /// The operand's memory under another shape.
  case alias
  /// A part of the operand's memory, so many floats after its beginning.
  case part(offset: Int)
  /// Memory whose parts are the operands' memory, one after the other.
  case joined
  /// Memory to which the operands, kernels each, are added one after the other.
  case sum
  /// A copy of the operand in this node's layout.
  case relayout
  /// A kernel of its own.
  case kernel(Primitive)
}

struct LoweredNode {
  let operation: LoweredOperation
  let operands: [Int]
  let shape: Shape
  let layout: ActivationLayout
  /// The joined memory or the sum that this node's memory is a part of, if any.
  var host: Host?

  struct Host {
    let node: Int
    let offset: Int
  }

  /// Whether the node runs inside a fused cluster.
  var isFused: Bool {
    switch operation {
    case .elementwise, .reduction: true
    default: false
    }
  }

  var isElementwise: Bool {
    if case .elementwise = operation { return true }
    return false
  }
}

/// The elements over which a fused cluster runs, and their order in memory.
struct Domain: Hashable {
  let shape: Shape
  let layout: ActivationLayout
}

extension Shape {
  /// Whether an activation of this shape fills channel blocks and differs between the layouts.
  var isBlockable: Bool {
    rank == 4 && self[1] > 0 && self[1] % ActivationLayout.lanes == 0 && self[2] * self[3] > 1
  }
}
