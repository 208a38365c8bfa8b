import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("EventTimer")
struct EventTimerTests {
    private let clock = ManualClock()

    @Test("The duration is 0 until the timer is stopped")
    func zeroUntilStopped() {
        var timer = EventTimer(clock: clock)
        #expect(timer.durationMS == 0)
        timer.start()
        clock.advance(by: .milliseconds(250))
        #expect(timer.durationMS == 0)
        timer.stop()
        #expect(timer.durationMS == 250)
        #expect(timer.duration == .milliseconds(250))
    }

    @Test("A stopped timer keeps what it measured")
    func keepsItsMeasurement() {
        var timer = EventTimer(clock: clock)
        timer.start()
        clock.advance(by: .microseconds(1999))
        timer.stop()
        clock.advance(by: .seconds(5))
        timer.stop()
        #expect(timer.duration == .microseconds(1999))
        #expect(timer.durationMS == 1)
    }

    @Test("A timer can be used again, with or without a reset")
    func reuse() {
        var timer = EventTimer(clock: clock)
        timer.start()
        clock.advance(by: .milliseconds(10))
        timer.stop()
        timer.reset()
        #expect(timer.durationMS == 0)
        timer.start()
        clock.advance(by: .milliseconds(20))
        timer.stop()
        #expect(timer.durationMS == 20)
        timer.start()
        #expect(timer.durationMS == 0)
        clock.advance(by: .milliseconds(30))
        timer.stop()
        #expect(timer.durationMS == 30)
    }

    @Test("Starting a running timer begins the measurement anew; stopping an idle one does nothing")
    func oddOrders() {
        var timer = EventTimer(clock: clock)
        timer.stop()
        #expect(timer.durationMS == 0)
        timer.start()
        clock.advance(by: .milliseconds(10))
        timer.start()
        clock.advance(by: .milliseconds(20))
        timer.stop()
        #expect(timer.durationMS == 20)
    }

    @Test("A wall clock set back does not touch the measurement")
    func wallClockSetBack() {
        var timer = EventTimer(clock: clock)
        timer.start()
        clock.advance(by: .milliseconds(40))
        clock.setWallClock(to: Timestamp(microsecondsSince1970: 0))
        timer.stop()
        #expect(timer.durationMS == 40)
    }

    @Test("The system's monotonic clock never goes back and agrees with the wall clock")
    func systemClock() {
        let clock = SystemEventClock()
        var last = clock.monotonic
        for _ in 0..<10_000 {
            let next = clock.monotonic
            #expect(next >= last)
            last = next
        }
        var timer = EventTimer()
        timer.start()
        timer.stop()
        #expect(timer.duration > .zero)
        #expect(clock.now > Timestamp(microsecondsSince1970: 1_700_000_000_000_000))
    }
}
