import Synchronization
import Telemetry
import Testing

@Suite struct ProgressLineTests {
  final class Output: Sendable {
    let lines = Mutex<[String]>([])
    var text: [String] { lines.withLock { $0 } }
    func write(_ line: String) { lines.withLock { $0.append(line) } }
  }

  let start = ContinuousClock.now

  @Test func estimateOfTheEndUsesTheRateOfThisSession() {
    let output = Output()
    var line = ProgressLine(
      steps: 1000..<5000, isTerminal: false, start: start, write: output.write)
    // 100 steps in 250 s leave 3,900 steps of 2.5 s.
    line.update(
      step: 1100, loss: 123.456, regularizer: 0.0312, imagesPerSecond: 51234.5,
      now: start + .seconds(250))
    #expect(
      output.text
        == ["step 1100/5000  loss 123.5  reg 0.0312  51235 images/s  ETA 2:42:30\n"])
  }

  @Test func plainLinesComeAtTheIntervalAndAtTheEnd() {
    let output = Output()
    var line = ProgressLine(
      steps: 0..<100, isTerminal: false, interval: .seconds(10), start: start,
      write: output.write)
    for step in 1...100 {
      line.update(
        step: step, loss: 1, regularizer: nil, imagesPerSecond: 1,
        now: start + .milliseconds(400 * step))
    }
    line.finish()
    let steps = output.text.map { $0.split(separator: " ")[1] }
    #expect(steps == ["1/100", "26/100", "51/100", "76/100", "100/100"])
    #expect(output.text.allSatisfy { !$0.contains("reg") && $0.hasSuffix("\n") })
  }

  @Test func terminalLineReplacesItselfAndEndsWithALineFeed() {
    let output = Output()
    var line = ProgressLine(steps: 0..<10, isTerminal: true, start: start, write: output.write)
    for step in 1...10 {
      line.update(
        step: step, loss: .nan, regularizer: nil, imagesPerSecond: 1,
        now: start + .seconds(step))
    }
    line.finish()
    #expect(output.text.count == 11)
    #expect(output.text.dropLast().allSatisfy { $0.hasPrefix("\rstep") && !$0.contains("\n") })
    #expect(output.text[0].contains("loss nan"))
    #expect(output.text.last == "\n")
  }

  @Test func longTimesShowDays() {
    let output = Output()
    var line = ProgressLine(
      steps: 0..<101, isTerminal: false, start: start, write: output.write)
    line.update(
      step: 1, loss: 1, regularizer: nil, imagesPerSecond: 1, now: start + .seconds(3605))
    #expect(output.text[0].hasSuffix("ETA 4d 4:08:20\n"))
  }
}
