// swift-tools-version: 6.2
import Foundation
import PackageDescription

// oneDNN ships no pkg-config file, so its header tells whether it is installed.
let hasOneDNN =
  FileManager.default.fileExists(atPath: "/usr/include/oneapi/dnnl/dnnl.h")
  || FileManager.default.fileExists(atPath: "/usr/include/dnnl.h")
let oneDNN = TargetDependencyCondition.when(traits: ["OneDNN"])

let swiftSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func floor(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil)
  -> Target
{
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.target(name: name), "TestSupport"] + dependencies,
    swiftSettings: swiftSettings)
}

let package = Package(
  name: "Helmholtz",
  products: [.executable(name: "helmholtz", targets: ["helmholtz"])],
  traits: [
    .default(enabledTraits: hasOneDNN ? ["OneDNN"] : []),
    .trait(
      name: "OneDNN", description: "Convolutions through oneDNN instead of im2col and OpenBLAS."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .systemLibrary(name: "COpenMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CMPIShims", dependencies: ["COpenMPI"]),
    .target(
      name: "CVectorKernels",
      cSettings: [.define("NDEBUG"), .unsafeFlags(["-O3", "-mprefer-vector-width=512"])],
      linkerSettings: [.linkedLibrary("m")]),
    floor("Randomness"),
    floor("MPI", ["CMPIShims"]),
    floor("Autodiff"),
    floor(
      "Execution",
      [
        "Autodiff", "Randomness", "CVectorKernels", "COpenBLAS",
        .target(name: "COneDNN", condition: oneDNN),
      ]),
    floor("Networks", ["Autodiff", "Randomness"]),
    floor("Scores", ["Networks", "Execution", "Autodiff", "Randomness"]),
    floor("Datasets", ["Randomness", "CZlib"]),
    floor("Checkpoints", ["MPI"]),
    floor("Telemetry", ["MPI", "CZlib", .product(name: "Logging", package: "swift-log")]),
    floor("RunConfiguration", ["Yams"], resources: [.embedInCode("Presets")]),
    floor(
      "Evaluation",
      ["Scores", "Networks", "Execution", "Autodiff", "Randomness", "Datasets", "MPI"]),
    floor(
      "Training",
      [
        "Scores", "Networks", "Execution", "Autodiff", "Randomness", "Datasets", "Checkpoints",
        "Evaluation", "Telemetry", "RunConfiguration", "MPI", "CVectorKernels",
      ]),
    floor(
      "Verification",
      [
        "Training", "Evaluation", "Scores", "Networks", "Execution", "Autodiff", "Checkpoints",
        "RunConfiguration",
      ]),
    floor("Charts"),
    floor(
      "Reproduction",
      [
        "Charts", "Training", "Evaluation", "Scores", "Networks", "Execution", "Autodiff",
        "Randomness", "Datasets", "Checkpoints", "RunConfiguration", "Telemetry", "MPI",
      ]),
    .executableTarget(
      name: "helmholtz",
      dependencies: [
        "Reproduction", "Charts", "Verification", "Training", "Evaluation", "Scores", "Networks",
        "Execution", "Autodiff",
        "Randomness",
        "Datasets", "Checkpoints", "Telemetry", "RunConfiguration", "MPI",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "TestSupport",
      dependencies: [
        "Autodiff", "Execution", "Networks", "Checkpoints",
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      path: "Tests/TestSupport",
      // The reference loops are too slow for whole networks without optimization.
      swiftSettings: swiftSettings + [.unsafeFlags(["-O"])]),
    tests(of: "Randomness"),
    tests(of: "Autodiff", ["Execution"]),
    tests(of: "Execution", ["CVectorKernels"]),
    tests(of: "Networks", ["Execution", "Checkpoints"]),
    tests(of: "Scores", ["Checkpoints"]),
    tests(of: "Datasets", ["CZlib"]),
    tests(of: "Checkpoints"),
    tests(of: "Telemetry", ["CZlib"]),
    tests(of: "RunConfiguration"),
    tests(
      of: "Evaluation",
      ["Autodiff", "Execution", "Networks", "Randomness", "Scores", "Datasets", "MPI"]),
    tests(of: "Training"),
    tests(of: "Verification", ["Checkpoints"]),
    tests(of: "Charts"),
    tests(
      of: "Reproduction",
      [
        "Charts", "MPI", "Networks", "RunConfiguration", "Training", "Evaluation", "Execution",
        "Scores",
        "Datasets",
      ]),
    .testTarget(
      name: "RankTests",
      dependencies: [
        "MPI", "Checkpoints", "TestSupport", "Training", "Networks", "RunConfiguration",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TestSupport", .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: swiftSettings),
  ]
)
