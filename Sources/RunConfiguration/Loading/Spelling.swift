/// Finds what a user probably meant.
enum Spelling {
  /// The known word nearest to `word`, or nil where none is near enough to be worth suggesting.
  static func nearest(to word: String, among known: [String]) -> String? {
    guard isPlausible(word) else { return nil }
    let limit = min(max(2, word.count / 3), word.count - 1)
    let candidates = known.map {
      (word: $0, distance: distance(from: word, to: $0), growth: abs($0.count - word.count))
    }
    // Swapped letters are likelier than a dropped one.
    let best = candidates.min { ($0.distance, $0.growth) < ($1.distance, $1.growth) }
    guard let best, best.distance <= limit
    else { return nil }
    return best.word
  }

  /// The dotted key nearest to `key`, which may stand in the wrong section or in none.
  static func nearestKey(to key: String, among known: [String]) -> String? {
    guard isPlausible(key) else { return nil }
    let name = lastComponent(of: key)
    let section = key.dropLast(name.count)
    let neighbours = known.filter { $0.dropLast(lastComponent(of: $0).count) == section }
    // The section is right then, and its letters must not make distant names look near.
    if let match = nearest(to: name, among: neighbours.map(lastComponent)) {
      return section + match
    }
    let namesakes = known.filter { lastComponent(of: $0) == name }
    if let match = namesakes.min(by: { distance(from: key, to: $0) < distance(from: key, to: $1) })
    {
      return match
    }
    return neighbours.isEmpty ? nearest(to: key, among: known) : nil
  }

  // No known word is this long, and the time of a comparison grows with the length.
  private static func isPlausible(_ word: String) -> Bool { word.utf8.count <= 200 }

  private static func lastComponent(of key: String) -> String {
    key.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) ?? key
  }

  /// The number of insertions, deletions, replacements and swaps of neighbours between two words.
  static func distance(from source: String, to target: String) -> Int {
    let source = Array(source)
    let target = Array(target)
    var beforeLast: [Int] = []
    var last = Array(0...target.count)
    for i in source.indices {
      var row = [i + 1]
      for j in target.indices {
        let replacement = last[j] + (source[i] == target[j] ? 0 : 1)
        var cost = min(replacement, last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, source[i] == target[j - 1], source[i - 1] == target[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[target.count]
  }
}
