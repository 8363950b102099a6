/// A plain `[rows, plane]` activation (rows: batch times channels) in blocks of 16 channels.
func blockedByDefinition(_ plain: [Float], plane: Int) -> [Float] {
  var blocked = plain
  for (index, value) in plain.enumerated() {
    let (row, position) = index.quotientAndRemainder(dividingBy: plane)
    blocked[(row / 16 * plane + position) * 16 + row % 16] = value
  }
  return blocked
}
