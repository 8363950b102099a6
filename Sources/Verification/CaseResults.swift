/// What was computed for a reference case.
struct CaseResults {
  /// The results by the names of the expected tensors.
  var tensors: [String: [Double]]
  /// What the reader of a report should know about the comparison.
  var notes: [String] = []

  init(_ tensors: [String: [Double]]) {
    self.tensors = tensors
  }
}
