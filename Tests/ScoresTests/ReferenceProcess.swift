import Scores

/// The processes of the reference data by their prefix.
func referenceProcess(_ prefix: String) throws -> any SDE {
  switch prefix {
  case "ve": try VE()
  case "vp": try VP()
  default: try SubVP()
  }
}
