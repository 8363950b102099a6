import Foundation
import Training

extension ClusterPlan {
  /// The plan as lines of text: two tables, and the memory.
  var lines: [String] {
    series.flatMap { ["", $0.title] + $0.table }
      + [
        "", "memory of a rank: \(mebibytes(memory.rankBytes))",
        "  weights, gradients, moments, average: \(mebibytes(memory.stateBytes))",
        "  gradients of replicas and passes: \(mebibytes(memory.partialGradientBytes))",
        "  arena and scratch: \(mebibytes(memory.workBytes))",
        "  messages under way: \(mebibytes(memory.messageBytes))",
        "memory of a host with \(memory.ranksPerHost) ranks: \(mebibytes(memory.hostBytes))",
      ]
  }
}

extension ClusterPlan.Series {
  fileprivate var title: String {
    scaling == "weak" ? "the batch of a rank stays" : "the batch of all ranks stays"
  }

  fileprivate var table: [String] {
    let head = [
      "ranks", "hosts", "batch", "of a rank", "step", "communication", "hidden", "exposed", "share",
      "images/s", "efficiency",
    ]
    let rows = steps.map { step in
      [
        "\(step.ranks)", "\(step.hosts)", "\(step.ranks * step.batchPerRank)",
        "\(step.batchPerRank)", seconds(step.seconds), seconds(step.communicationSeconds),
        seconds(step.hiddenSeconds), seconds(step.exposedSeconds), percent(step.exposedShare),
        String(format: "%.4g", step.imagesPerSecond), percent(step.efficiency),
      ]
    }
    return aligned([head] + rows)
  }
}

/// Seconds with a unit that suits them.
func seconds(_ value: Double) -> String {
  value >= 1 ? String(format: "%.3g s", value) : String(format: "%.3g ms", value * 1000)
}

/// A part of 1 in percent.
func percent(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }

private func mebibytes(_ bytes: Int) -> String {
  String(format: "%.1f MiB", Double(bytes) / 1_048_576)
}
