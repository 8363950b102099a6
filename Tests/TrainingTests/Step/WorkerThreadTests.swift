import Foundation
import Synchronization
import Testing

@testable import Training

@Suite struct WorkerThreadTests {
  private struct Failure: Error, Equatable {
    let number: Int
  }

  @Test func allWorkIsDoneByOneOtherThread() throws {
    let worker = try WorkerThread()
    let own = pthread_self()
    let seen = Mutex<[pthread_t]>([])
    for _ in 0..<100 {
      worker.start { seen.withLock { $0.append(pthread_self()) } }
      try worker.wait()
    }
    let threads = seen.withLock { $0 }
    #expect(threads.count == 100 && Set(threads).count == 1 && !threads.contains(own))
  }

  @Test func errorsAreThrownByTheWaitForTheirWorkAlone() throws {
    let worker = try WorkerThread()
    worker.start { throw Failure(number: 7) }
    #expect(throws: Failure(number: 7)) { try worker.wait() }
    try worker.wait()
    worker.start {}
    try worker.wait()
  }

  @Test func endsOnlyAfterWorkUnderWay() throws {
    let isDone = Mutex(false)
    do {
      let worker = try WorkerThread()
      worker.start {
        Thread.sleep(forTimeInterval: 0.05)
        isDone.withLock { $0 = true }
      }
    }
    #expect(isDone.withLock { $0 })
  }
}
