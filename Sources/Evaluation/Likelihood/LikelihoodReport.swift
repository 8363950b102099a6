import Foundation
import Scores

/// The negative log-likelihoods of single examples under a model.
public struct ExampleLikelihoods: Sendable, Equatable {
  /// Nats of each example, of the data as the model sees them; means over draws.
  public let nats: [Double]
  /// The mean number of evaluations of score and divergence of a group.
  public let calls: Double
  /// The number of elements of an example.
  public let dimensions: Int
  /// How they were computed.
  public let plan: LikelihoodPlan

  /// The mean over the examples with its standard error.
  public var report: LikelihoodReport {
    let mean = Statistic(meanOf: nats)
    let bits = mean.scaled(by: 1 / (Double(dimensions) * M_LN2)).estimate
    let offset = plan.range?.bitsOffset ?? 0
    return LikelihoodReport(
      nats: mean.estimate,
      bitsPerDimension: Estimate(value: bits.value + offset, standardError: bits.standardError),
      offset: offset, examples: nats.count, draws: plan.draws, divergence: plan.divergence,
      dequantized: plan.dequantizes, calls: calls)
  }
}

/// The negative log-likelihood of examples under a model.
public struct LikelihoodReport: Sendable, Equatable, Codable {
  /// Nats for an example, of the data as the model sees them.
  public var nats: Estimate
  /// Bits for a dimension, of 8-bit data if the plan has their interval.
  public var bitsPerDimension: Estimate
  /// What the scaling of the data adds to the bits; 0 for no offset.
  public var offset: Double
  /// The number of examples.
  public var examples: Int
  /// How often each example was measured.
  public var draws: Int
  /// How the divergence was computed.
  public var divergence: LikelihoodPlan.Divergence
  /// Whether uniform noise of one grey level was added.
  public var dequantized: Bool
  /// The mean number of evaluations of score and divergence of a group.
  public var calls: Double

  enum CodingKeys: String, CodingKey {
    case nats, offset, examples, draws, divergence, dequantized, calls
    case bitsPerDimension = "bits_per_dimension"
  }
}
