/// A partition of `0..<count` that grows coarser (union-find with path halving).
struct DisjointSets {
  private var parents: [Int]

  init(count: Int) {
    parents = Array(0..<count)
  }

  func representative(of element: Int) -> Int {
    var element = element
    while parents[element] != element { element = parents[element] }
    return element
  }

  mutating func unite(_ a: Int, _ b: Int) {
    let (first, second) = (compressedRoot(a), compressedRoot(b))
    if first != second { parents[max(first, second)] = min(first, second) }
  }

  private mutating func compressedRoot(_ element: Int) -> Int {
    var element = element
    while parents[element] != element {
      parents[element] = parents[parents[element]]
      element = parents[element]
    }
    return element
  }
}
