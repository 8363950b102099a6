import Autodiff
import CVectorKernels

/// Resampling of every image plane; in blocked layout 16 planes side by side.
final class ResampleStep: Step {
  let kind = "resample"
  private let filter: ResamplingFilter
  private let memory: KernelMemory
  private let scratch: SharedScratch
  private let planes: Int
  private let lanes: Int
  private let from: (height: Int, width: Int)
  private let to: (height: Int, width: Int)

  init(
    _ filter: ResamplingFilter, _ source: LoweredNode, _ node: LoweredNode,
    _ memory: KernelMemory, _ scratch: SharedScratch
  ) {
    self.filter = filter
    self.memory = memory
    self.scratch = scratch
    lanes = node.layout == .blocked ? ActivationLayout.lanes : 1
    planes = source.shape[0] * source.shape[1] / lanes
    from = (source.shape[2], source.shape[3])
    to = (node.shape[2], node.shape[3])
    scratch.reserve(bytes: scratchCount * MemoryLayout<Float>.stride)
  }

  private var scratchCount: Int {
    hk_fir_scratch(from.height, from.width, to.height, to.width, Int32(lanes))
  }

  func execute(run: Int) {
    hk_fir(
      memory.operands[0], memory.result, planes, from.height, from.width, to.height, to.width,
      filter.taps, Int32(filter.taps.count), Int32(filter.up), Int32(filter.down),
      Int32(filter.padLow), Int32(lanes),
      scratch.allocate().assumingMemoryBound(to: Float.self))
  }
}
