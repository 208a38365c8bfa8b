import LedgerSchedules
import Testing
import WorkflowEvents

@Suite("Missed slots")
struct CatchUpTests {
    private func slots(_ catchUp: CatchUp, _ cron: String, _ last: String, _ now: String) throws -> [Timestamp] {
        let schedule = Schedule(
            name: "s", reports: ["failures"], cron: try CronExpression(cron), catchUp: catchUp, deliveries: [])
        return schedule.slots(after: utc(last), through: utc(now))
    }

    @Test("All are made up for, or the latest alone, or none")
    func catchUp() throws {
        let last = "2026-11-27T00:00:00Z"
        let now = "2026-11-27T03:10:00Z"
        #expect(
            try slots(.all, "@hourly", last, now)
                == [utc("2026-11-27T01:00:00Z"), utc("2026-11-27T02:00:00Z"), utc("2026-11-27T03:00:00Z")])
        #expect(try slots(.latest, "@hourly", last, now) == [utc("2026-11-27T03:00:00Z")])
        #expect(try slots(.none, "@hourly", last, now) == [])
    }

    @Test("A slot of the last minute is made however a schedule catches up", arguments: CatchUp.allCases)
    func recent(_ catchUp: CatchUp) throws {
        let slot = utc("2026-11-27T03:00:00Z")
        #expect(try slots(catchUp, "@hourly", "2026-11-27T02:00:00Z", "2026-11-27T03:00:00Z") == [slot])
        #expect(try slots(catchUp, "@hourly", "2026-11-27T02:00:00Z", "2026-11-27T03:01:00Z") == [slot])
        #expect(try slots(catchUp, "@hourly", "2026-11-27T03:00:00Z", "2026-11-27T03:00:30Z") == [])
    }

    @Test("Of all that were missed, the newest thousand are made up for")
    func bounded() throws {
        let slots = try slots(.all, "* * * * *", "2020-01-01T00:00:00Z", "2026-11-27T03:00:00Z")
        #expect(slots.count == 1000)
        #expect(slots.last == utc("2026-11-27T03:00:00Z"))
        #expect(slots.first == utc("2026-11-26T10:21:00Z"))
    }

    @Test("A schedule that is not due has no slots, whatever the clock says")
    func nothing() throws {
        for catchUp in CatchUp.allCases {
            #expect(try slots(catchUp, "0 0 29 2 *", "2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z") == [])
            #expect(try slots(catchUp, "@hourly", "2026-01-01T09:00:00Z", "2026-01-01T08:00:00Z") == [])
        }
    }
}
