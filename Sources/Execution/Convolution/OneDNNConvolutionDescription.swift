#if OneDNN
  import COneDNN

  /// An implementation that oneDNN offers for a convolution.
  final class OneDNNConvolutionDescription {
    let raw: dnnl_primitive_desc_t
    private let hint: dnnl_primitive_desc_t?

    private init(_ raw: dnnl_primitive_desc_t, hint: dnnl_primitive_desc_t?) {
      self.raw = raw
      self.hint = hint
    }

    deinit {
      dnnl_primitive_desc_destroy(raw)
      if let hint { dnnl_primitive_desc_destroy(hint) }
    }

    /// oneDNN's name of the implementation, for example `jit_wino_4x3:avx512_core`.
    var implementation: String {
      var name: UnsafePointer<CChar>?
      let status = dnnl_primitive_desc_query(raw, dnnl_query_impl_info_str, 0, &name)
      guard status == dnnl_success, let name else { return "unknown" }
      return String(cString: name)
    }

    /// The arrangement that the implementation wants or produces.
    func descriptor(of query: dnnl_query_t) throws(BackendError) -> MemoryDescriptor {
      guard let found = dnnl_primitive_desc_query_md(raw, query, 0) else {
        throw BackendError(library: "oneDNN", request: "memory descriptor", reason: "none returned")
      }
      return MemoryDescriptor(found.pointee)
    }

    /// The best implementation for activations in the given layouts.
    ///
    /// Activations are first offered as they are; where that leaves oneDNN its GEMM or reference
    /// loops (4 to 15 channels: 800 ms in place of 0.5 ms), other arrangements are tried, to which
    /// the caller copies.
    static func best(
      _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection,
      _ layouts: ConvolutionLayouts, _ algorithm: ConvolutionAlgorithm
    ) throws(BackendError) -> OneDNNConvolutionDescription {
      var best: (description: OneDNNConvolutionDescription, cost: Int)?
      var refusal: BackendError?
      for images in layouts.images.tags {
        for results in layouts.results.tags {
          do throws(BackendError) {
            let candidate = try create(geometry, direction, images, results, algorithm)
            let cost = candidate.implementation.implementationCost
            if cost == 0 { return candidate }
            if cost < best?.cost ?? .max { best = (candidate, cost) }
          } catch {
            refusal = refusal ?? error
          }
        }
      }
      if let best { return best.description }
      throw refusal
        ?? BackendError(library: "oneDNN", request: "\(geometry)", reason: "no candidate")
    }

    private static func create(
      _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection,
      _ imagesTag: dnnl_format_tag_t, _ resultsTag: dnnl_format_tag_t,
      _ algorithm: ConvolutionAlgorithm
    ) throws(BackendError) -> OneDNNConvolutionDescription {
      var x = try MemoryDescriptor(geometry.imageExtents, imagesTag).raw
      var w = try MemoryDescriptor(geometry.weightExtents, dnnl_format_tag_any).raw
      var y = try MemoryDescriptor(geometry.resultExtents, resultsTag).raw
      let strides = [Int64(geometry.stride), Int64(geometry.stride)]
      let low = [Int64(geometry.padLow), Int64(geometry.padLow)]
      let high = [Int64(geometry.padHigh), Int64(geometry.padHigh)]
      let request = "\(direction.rawValue) convolution, \(algorithm.rawValue), \(geometry)"

      var forward = dnnl_convolution_desc_t()
      try OneDNN.check(
        dnnl_convolution_forward_desc_init(
          &forward, dnnl_forward_training, algorithm.kind, &x, &w, nil, &y, strides, low, high),
        request)
      let hint = try primitiveDescription(&forward, hint: nil, request)
      var backward = dnnl_convolution_desc_t()
      let status: dnnl_status_t
      switch direction {
      case .forward: return OneDNNConvolutionDescription(hint, hint: nil)
      case .dataGradient:
        status = dnnl_convolution_backward_data_desc_init(
          &backward, algorithm.kind, &x, &w, &y, strides, low, high)
      case .weightGradient:
        status = dnnl_convolution_backward_weights_desc_init(
          &backward, algorithm.kind, &x, &w, nil, &y, strides, low, high)
      }
      do throws(BackendError) {
        try OneDNN.check(status, request)
        let raw = try primitiveDescription(&backward, hint: hint, request)
        return OneDNNConvolutionDescription(raw, hint: hint)
      } catch {
        dnnl_primitive_desc_destroy(hint)
        throw error
      }
    }

    private static func primitiveDescription(
      _ operation: inout dnnl_convolution_desc_t, hint: dnnl_primitive_desc_t?, _ request: String
    ) throws(BackendError) -> dnnl_primitive_desc_t {
      var attributes: dnnl_primitive_attr_t?
      try OneDNN.check(dnnl_primitive_attr_create(&attributes), "creating attributes")
      defer { dnnl_primitive_attr_destroy(attributes) }
      try OneDNN.check(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
        "choosing the scratchpad mode")
      var created: dnnl_primitive_desc_t?
      let status = dnnl_primitive_desc_create(
        &created, &operation, attributes, try OneDNN.engine(), hint)
      try OneDNN.check(status, request)
      guard let created else {
        throw BackendError(library: "oneDNN", request: request, reason: "none returned")
      }
      return created
    }
  }

  extension ConvolutionGeometry {
    var imageExtents: [Int] { [batch, inChannels, inHeight, inWidth] }
    var weightExtents: [Int] { [outChannels, inChannels, kernelHeight, kernelWidth] }
    var resultExtents: [Int] { [batch, outChannels, outHeight, outWidth] }
  }

  extension ActivationLayout {
    var tag: dnnl_format_tag_t { self == .plain ? dnnl_nchw : dnnl_nChw16c }
    fileprivate var tags: [dnnl_format_tag_t] {
      self == .plain
        ? [dnnl_nchw, dnnl_format_tag_any, dnnl_nChw16c]
        : [dnnl_nChw16c, dnnl_format_tag_any]
    }
  }

  extension ConvolutionAlgorithm {
    fileprivate var kind: dnnl_alg_kind_t {
      switch self {
      case .direct: dnnl_convolution_direct
      case .winograd: dnnl_convolution_winograd
      case .automatic: dnnl_convolution_auto
      }
    }
  }

  extension String {
    /// Generated code before GEMM before the reference loops, by oneDNN's implementation names.
    fileprivate var implementationCost: Int {
      if contains("ref") { return 2 }
      return contains("gemm") ? 1 : 0
    }
  }
#endif
