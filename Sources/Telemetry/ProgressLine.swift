import Glibc

/// The line that tells a waiting user how a run goes.
///
/// On a terminal the line replaces itself a few times a second; elsewhere, as under `mpirun`, a
/// plain line appears now and then. Only rank 0 has one.
public struct ProgressLine {
  private let steps: Range<Int>
  private let isTerminal: Bool
  private let interval: Duration
  private let write: (String) -> Void
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant?

  /// Begins to measure the progress of a session.
  ///
  /// - Parameters:
  ///   - steps: The steps of this session: from the number of steps already done to the total.
  ///   - isTerminal: Whether the line may replace itself; standard output decides if nil.
  ///   - interval: The time between two plain lines where there is no terminal.
  ///   - start: When the first step begins.
  ///   - write: Takes the text; standard output, unbuffered, if nil.
  public init(
    steps: Range<Int>, isTerminal: Bool? = nil, interval: Duration = .seconds(10),
    start: ContinuousClock.Instant = .now, write: ((String) -> Void)? = nil
  ) {
    self.steps = steps
    self.isTerminal = isTerminal ?? (isatty(STDOUT_FILENO) == 1)
    self.interval = self.isTerminal ? .milliseconds(100) : interval
    self.start = start
    self.write = write ?? writeToStandardOutput
  }

  /// Shows the state after a step, unless the last line is recent.
  ///
  /// - Parameters:
  ///   - step: The number of steps done, counted from the beginning of the run.
  ///   - loss: The whole loss.
  ///   - regularizer: The regularizer before its weight, or nil to show none.
  ///   - imagesPerSecond: Examples per second on all ranks.
  ///   - now: The time, to which the estimate of the end refers.
  public mutating func update(
    step: Int, loss: Double, regularizer: Double?, imagesPerSecond: Double,
    now: ContinuousClock.Instant = .now
  ) {
    let isLast = step >= steps.upperBound
    if let lastShown, now - lastShown < interval, !isLast { return }
    lastShown = now
    var parts = ["step \(step)/\(steps.upperBound)", "loss \(significant(loss))"]
    if let regularizer { parts.append("reg \(significant(regularizer))") }
    parts.append("\(significant(imagesPerSecond)) images/s")
    parts.append("ETA \(remaining(after: step, now: now))")
    let line = parts.joined(separator: "  ")
    // The second control sequence clears what a longer line left behind.
    write(isTerminal ? "\r\(line)\u{1b}[K" : line + "\n")
  }

  /// Ends the line, so that other output can follow.
  public mutating func finish() {
    if isTerminal, lastShown != nil { write("\n") }
    lastShown = nil
  }

  // The rate of this session alone: an earlier one may have had other ranks.
  private func remaining(after step: Int, now: ContinuousClock.Instant) -> String {
    let done = step - steps.lowerBound
    guard done > 0 else { return "-" }
    let secondsPerStep = (now - start) / .seconds(1) / Double(done)
    let seconds = Int((secondsPerStep * Double(max(0, steps.upperBound - step))).rounded())
    return clockText(seconds: seconds)
  }
}

/// Returns hours, minutes and seconds as `h:mm:ss`, with days in front of long times.
private func clockText(seconds: Int) -> String {
  func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
  let time = "\(rest / 3600):\(twoDigits(rest / 60 % 60)):\(twoDigits(rest % 60))"
  return days > 0 ? "\(days)d \(time)" : time
}

/// Returns a number with four significant digits, or all digits before the point up to a million.
private func significant(_ number: Double) -> String {
  guard !(1e4..<1e6).contains(abs(number)) else { return String(Int(number.rounded())) }
  var buffer = [CChar](repeating: 0, count: 32)
  let length = withVaList([number]) { vsnprintf(&buffer, 32, "%.4g", $0) }
  return String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func writeToStandardOutput(_ text: String) {
  // What `print` holds back comes first.
  fflush(nil)
  let bytes = Array(text.utf8)
  _ = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}
