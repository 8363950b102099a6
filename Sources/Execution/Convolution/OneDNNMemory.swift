#if OneDNN
  import COneDNN

  /// The extents and the arrangement in memory of a tensor, as oneDNN describes it.
  struct MemoryDescriptor {
    var raw: dnnl_memory_desc_t

    init(_ raw: dnnl_memory_desc_t) { self.raw = raw }

    init(_ extents: [Int], _ tag: dnnl_format_tag_t) throws(BackendError) {
      raw = dnnl_memory_desc_t()
      let status = dnnl_memory_desc_init_by_tag(
        &raw, Int32(extents.count), extents.map(Int64.init), dnnl_f32, tag)
      try OneDNN.check(status, "describing a tensor of extents \(extents)")
    }

    /// Bytes including the padding of incomplete blocks.
    var bytes: Int { withUnsafePointer(to: raw) { dnnl_memory_desc_get_size($0) } }

    static func == (first: MemoryDescriptor, second: MemoryDescriptor) -> Bool {
      withUnsafePointer(to: first.raw) { first in
        withUnsafePointer(to: second.raw) { dnnl_memory_desc_equal(first, $0) != 0 }
      }
    }
  }

  /// A tensor's place: a descriptor and a pointer that somebody else keeps alive.
  final class MemoryObject {
    let descriptor: MemoryDescriptor
    let raw: dnnl_memory_t

    init(_ descriptor: MemoryDescriptor) throws(BackendError) {
      self.descriptor = descriptor
      var created: dnnl_memory_t?
      var description = descriptor.raw
      let status = dnnl_memory_create(&created, &description, try OneDNN.engine(), nil)
      try OneDNN.check(status, "creating a memory object")
      guard let created else {
        throw BackendError(library: "oneDNN", request: "memory object", reason: "none returned")
      }
      raw = created
    }

    deinit { dnnl_memory_destroy(raw) }

    /// Lays the tensor at an address; slow, because oneDNN clears the padding there.
    func place(at address: UnsafeRawPointer) throws(BackendError) {
      let status = dnnl_memory_set_data_handle(raw, UnsafeMutableRawPointer(mutating: address))
      try OneDNN.check(status, "placing a memory object")
    }
  }

  /// A primitive with the memory objects it runs on.
  final class BoundPrimitive {
    private let primitive: dnnl_primitive_t
    private let stream: dnnl_stream_t
    private var arguments: [dnnl_exec_arg_t]
    private let memories: [MemoryObject]

    init(
      _ description: const_dnnl_primitive_desc_t, _ operands: [(Int32, MemoryObject)]
    ) throws(BackendError) {
      var primitive: dnnl_primitive_t?
      try OneDNN.check(dnnl_primitive_create(&primitive, description), "creating a primitive")
      var stream: dnnl_stream_t?
      let status = dnnl_stream_create(
        &stream, try OneDNN.engine(), dnnl_stream_default_flags.rawValue)
      try OneDNN.check(status, "creating a stream")
      guard let primitive, let stream else {
        throw BackendError(library: "oneDNN", request: "primitive", reason: "none returned")
      }
      self.primitive = primitive
      self.stream = stream
      memories = operands.map(\.1)
      arguments = operands.map { dnnl_exec_arg_t(arg: $0.0, memory: $0.1.raw) }
    }

    deinit {
      dnnl_primitive_destroy(primitive)
      dnnl_stream_destroy(stream)
    }

    func execute() throws(BackendError) {
      let status = dnnl_primitive_execute(primitive, stream, Int32(arguments.count), &arguments)
      try OneDNN.check(status, "running a primitive")
      try OneDNN.check(dnnl_stream_wait(stream), "waiting for a primitive")
    }
  }

  extension BoundPrimitive {
    /// Copies a tensor from one arrangement to another, or adds it to what is there.
    static func reorder(
      from source: MemoryObject, to destination: MemoryObject, adds: Bool = false
    ) throws(BackendError) -> BoundPrimitive {
      var (from, to) = (source.descriptor.raw, destination.descriptor.raw)
      var created: dnnl_primitive_desc_t?
      let engine = try OneDNN.engine()
      let attributes = adds ? try additionAttributes() : nil
      defer { dnnl_primitive_attr_destroy(attributes) }
      let status = dnnl_reorder_primitive_desc_create(
        &created, &from, engine, &to, engine, attributes)
      try OneDNN.check(status, "describing a reorder")
      defer { dnnl_primitive_desc_destroy(created) }
      guard let description = created else {
        throw BackendError(library: "oneDNN", request: "reorder", reason: "none returned")
      }
      return try BoundPrimitive(
        description, [(DNNL_ARG_SRC, source), (DNNL_ARG_DST, destination)])
    }

    private static func additionAttributes() throws(BackendError) -> dnnl_primitive_attr_t? {
      var attributes: dnnl_primitive_attr_t?
      var operations: dnnl_post_ops_t?
      try OneDNN.check(dnnl_primitive_attr_create(&attributes), "creating attributes")
      try OneDNN.check(dnnl_post_ops_create(&operations), "creating operations")
      defer { dnnl_post_ops_destroy(operations) }
      try OneDNN.check(dnnl_post_ops_append_sum(operations, 1), "asking for a sum")
      try OneDNN.check(dnnl_primitive_attr_set_post_ops(attributes, operations), "asking for a sum")
      return attributes
    }
  }
#endif
