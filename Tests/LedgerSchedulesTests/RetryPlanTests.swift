import LedgerSchedules
import Testing

@Suite("Retries")
struct RetryPlanTests {
    private let plan = RetryPlan()

    private func decision(
        _ outcome: DeliveryOutcome, attempt: Int = 1, age: Duration = .zero, seed: UInt64 = 1
    ) -> RetryPlan.Decision {
        var generator = SeededGenerator(state: seed)
        return plan.decision(after: outcome, attemptCount: attempt, age: age, using: &generator)
    }

    private func delay(_ decision: RetryPlan.Decision) -> Duration? {
        if case .retry(let delay) = decision { delay } else { nil }
    }

    @Test("Any 2xx is delivered", arguments: [200, 201, 202, 204, 299])
    func delivered(_ status: Int) {
        #expect(decision(.response(status: status, retryAfter: .seconds(5)), age: .seconds(999_999)) == .delivered)
    }

    @Test("What may pass is tried again", arguments: [408, 409, 425, 429, 500, 502, 503, 504, 599])
    func retried(_ status: Int) {
        #expect(delay(decision(.response(status: status, retryAfter: nil))) != nil)
    }

    @Test(
        "Everything else is final", arguments: [100, 199, 300, 301, 304, 308, 400, 401, 403, 404, 410, 413, 422, 600])
    func final(_ status: Int) {
        let redirects = 300...399 ~= status ? "; redirects are not followed" : ""
        #expect(
            decision(.response(status: status, retryAfter: .seconds(1)))
                == .failed("the webhook answered \(status)\(redirects)"))
    }

    @Test("Waits double from a second to 15 minutes, each a random one from its half on")
    func backoff() throws {
        for attempt in 1...14 {
            let whole = min(Duration.seconds(1 << (attempt - 1)), .seconds(900))
            for seed in 1...50 {
                let delay = delay(decision(.noResponse("cut"), attempt: attempt, seed: UInt64(seed)))
                #expect(whole / 2...whole ~= (try #require(delay)))
            }
        }
        let waits = (1...50).compactMap { delay(decision(.noResponse("cut"), attempt: 5, seed: $0)) }
        #expect(Set(waits).count > 25)
        #expect(delay(decision(.noResponse("cut"), attempt: .max)) != nil)
    }

    @Test("A receiver that names a wait is given it")
    func retryAfter() {
        #expect(delay(decision(.response(status: 429, retryAfter: .seconds(3600)))) == .seconds(3600))
        #expect(delay(decision(.response(status: 503, retryAfter: .seconds(20)))) == .seconds(20))
        #expect(delay(decision(.response(status: 429, retryAfter: .zero))).map { $0 >= .milliseconds(500) } == true)
        #expect(delay(decision(.response(status: 500, retryAfter: .seconds(3600)))).map { $0 <= .seconds(1) } == true)
    }

    @Test("After 24 hours it is given up, with the last reason")
    func givenUp() {
        #expect(delay(decision(.noResponse("cut"), attempt: 1, age: .seconds(86_399))) != nil)
        #expect(
            decision(.noResponse("cut"), attempt: 100, age: .seconds(86_399))
                == .failed("cut, and so for too long; 100 attempts were made"))
        #expect(
            decision(.response(status: 429, retryAfter: .seconds(86_401)))
                == .failed("the webhook answered 429, and so for too long; 1 attempts were made"))
    }

    @Test(
        "Retry-After is a number of seconds or a date",
        arguments: [
            ("0", .zero), ("120", .seconds(120)), (" 7", .seconds(7)), ("99999999999999999999", .seconds(999_999_999)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", .seconds(37)), ("Sun, 06 Nov 1994 08:48:37 GMT", .zero),
            ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil), ("Sun, 31 Feb 1994 08:49:37 GMT", nil),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil),
        ] as [(String, Duration?)])
    func header(_ text: String, _ delay: Duration?) {
        #expect(RetryAfter.delay(text, now: utc("1994-11-06T08:49:00Z")) == delay)
    }
}
