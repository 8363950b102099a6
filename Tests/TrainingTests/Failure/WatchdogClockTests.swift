import RunConfiguration
import Testing

@testable import Training

@Suite struct WatchdogClockTests {
  private func clock() -> WatchdogClock {
    var settings = WatchdogSettings()
    settings.startSeconds = 60
    settings.stepSeconds = 10
    settings.checkpointSeconds = 100
    settings.evaluationSeconds = 0
    return WatchdogClock(settings)
  }

  @Test func eachPhaseHasItsOwnLimit() {
    let clock = clock()
    #expect(clock.advance(by: 59) == nil)
    let start = clock.advance(by: 2)?.expired
    #expect(start?.name == "the start" && start?.limit == 60 && start?.seconds == 61)
    clock.enter(.start)
    clock.finishedStep(7)
    #expect(clock.advance(by: 9) == nil)
    #expect(clock.advance(by: 2)?.expired.name == "step 8")
    clock.enter(.checkpoint)
    #expect(clock.advance(by: 99) == nil)
    #expect(clock.advance(by: 2)?.expired.name == "the checkpoint after step 7")
    clock.enter(.evaluation)
    #expect(clock.advance(by: 1e6) == nil)
  }

  @Test func progressBeginsTheTimeAnew() {
    let clock = clock()
    for step in 1...20 {
      clock.finishedStep(step)
      #expect(clock.advance(by: 6) == nil)
    }
  }

  @Test func slowStepsRaiseTheirLimit() {
    let clock = clock()
    clock.enter(.start)
    #expect(clock.advance(by: 20) == nil)
    clock.finishedStep(1)
    #expect(clock.advance(by: 79) == nil)
    #expect(clock.advance(by: 2)?.expired.limit == 80)
    // Time for checkpoints says nothing about steps.
    clock.enter(.checkpoint)
    #expect(clock.advance(by: 90) == nil)
    clock.enter(.step)
    #expect(clock.advance(by: 79) == nil)
    #expect(clock.advance(by: 2) != nil)
  }

  @Test func progressDuringAnAlarmIsSeen() throws {
    let clock = clock()
    let first = try #require(clock.advance(by: 61))
    #expect(clock.advance(by: 1)?.epoch == first.epoch)
    #expect(clock.standing(since: first.epoch) == .stuck)
    clock.finishedStep(1)
    #expect(clock.standing(since: first.epoch) == .moving)
    clock.enter(.start)
    #expect(try #require(clock.advance(by: 61)).epoch != first.epoch)
  }

  @Test func nothingIsWatchedAfterTheEnd() {
    let clock = clock()
    clock.stop()
    clock.finishedStep(3)
    clock.enter(.step)
    #expect(clock.phase == nil && clock.standing(since: 0) == .over)
    #expect(clock.advance(by: 1000) == nil)
    // Returns at once.
    clock.watch { _, _ in Issue.record("an alarm after the end") }
  }
}
