import Autodiff
import Execution
import Networks
import TestSupport
import Testing

/// The same reference cases in single precision, as compiled programs.
@Suite struct NCSNppExecutionTests {
  @Test(arguments: [CompileOptions.ConvolutionBackend.automatic, .gemm])
  func compiledScoreAndJacobianProductsKeepTheStatedTolerance(
    backend: CompileOptions.ConvolutionBackend
  ) throws {
    let reference = try ReferenceCase("ncsnpp_ve_small")
    try expect(
      ReferenceModel(
        reference, ScoreModel(network: NCSNpp(.smallVE), conversion: .direct),
        noise: reference.doubles("in/std")), backend)
  }

  @Test func compiledVariancePreservingScoreKeepsTheStatedTolerance() throws {
    let reference = try ReferenceCase("ncsnpp_vp_small")
    try expect(
      ReferenceModel(
        reference, ScoreModel(network: NCSNpp(.smallVP), conversion: .noise),
        noise: reference.doubles("in/t").map { 999 * $0 }), .automatic)
  }

  @Test func compiledConservativeScoreKeepsTheStatedTolerance() throws {
    let reference = try ReferenceCase("ncsnpp_ve_energy_small")
    try expect(
      ReferenceModel(
        reference,
        ScoreModel(network: NCSNpp(.smallVE), conversion: .direct, energyForm: .code),
        noise: reference.doubles("in/std")), .automatic)
  }

  private func expect(
    _ model: ReferenceModel, _ backend: CompileOptions.ConvolutionBackend
  ) throws {
    let score = model.score()
    let probe = model.graph.input("v", model.x.shape)
    let program = Program([
      ("out/score", score), ("out/u", vjp(of: score, at: model.x, cotangent: probe)),
      ("out/w", jvp(of: score, at: model.x, tangent: probe)),
    ])
    var inputs = model.evaluator.inputs
    inputs["v"] = try model.reference.doubles("in/v")
    let executable = try Executable(
      program, options: CompileOptions(convolutionBackend: backend))
    for port in program.inputs {
      executable.setInput(port.name, to: try #require(inputs[port.name]).map(Float.init))
    }
    try executable.run()
    for port in program.results {
      let error = try model.reference.relativeError(
        of: Array(executable.result(port.name)), against: port.name)
      #expect(error < 1, "\(port.name): \(error) tolerances")
    }
  }
}
