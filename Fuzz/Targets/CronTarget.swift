import Foundation
import LedgerSchedules
import WorkflowEvents

extension FuzzTarget {
    /// The reader of cron expressions, and when they come due.
    ///
    /// The first byte of an input chooses a time zone, five more a moment, and the rest is an expression. For every one:
    /// - A plain reading of the fields allows the same numbers, or refuses the expression just as well.
    /// - The next time is after the moment, and what a look at every minute between finds: none is left out, and it is
    ///   one, by the rules for days on which the clock is set.
    /// - From the next time on the same holds.
    /// - The newest times of half a day are the last of all of them.
    static let cron = FuzzTarget(name: "cron", maximumBytes: 96, check: .immediate(checkCron))
}

private func checkCron(_ bytes: [UInt8]) throws {
    var input = InputReader(bytes)
    let zone = zones[Int(input.byte()) % zones.count]
    let minute = (0..<4).reduce(0) { number, _ in number << 8 | Int(input.byte()) } % minuteCount
    let second = Int(input.byte()) % 60
    let start = Timestamp(microsecondsSince1970: Int64(firstSecond + minute * 60 + second) * 1_000_000)
    let text = String(decoding: input.rest, as: UTF8.self)
    let plain = PlainCron(text)
    let expression: CronExpression
    do throws(ScheduleError) {
        expression = try CronExpression(text)
    } catch {
        try require(error.code == .badCron && !error.message.isEmpty, "\(error)")
        return try require(plain.map { !$0.comesDue } ?? true, "\(error.message)")
    }
    guard let plain else { throw PropertyViolation("\(text) is taken") }
    try require(plain.comesDue, "\(text) never comes due")
    let next = try checkNext(of: expression, plain, after: start, in: zone)
    if let next { _ = try checkNext(of: expression, plain, after: next, in: zone) }
    try checkNewest(of: expression, after: start, in: zone)
}

/// From 1973, when no clock differs from UTC by a part of a minute any more, to 2099.
private let firstSecond = 94_694_400
private let minuteCount = 127 * 525_960

/// Those where the clock is set at midnight, by half an hour, by two or three hours, over a day, or twice within weeks,
/// and some more.
private let zones: [TimeZone] = [
    "UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut",
    "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "Antarctica/Troll", "Antarctica/Casey", "Africa/Casablanca",
    "America/Sao_Paulo", "Pacific/Kwajalein", "Asia/Pyongyang", "Europe/London",
].map { name in
    guard let zone = TimeZone(identifier: name) else { preconditionFailure("\(name) is no time zone") }
    return zone
}

private func checkNext(
    of expression: CronExpression, _ plain: PlainCron, after start: Timestamp, in zone: TimeZone
) throws(PropertyViolation) -> Timestamp? {
    guard let next = expression.next(after: start, in: zone) else {
        // 29 February may not be such a day of the week before the year 10000, but before 2100 all else is.
        throw PropertyViolation("\(expression) does not come due again after \(start) in \(zone.identifier)")
    }
    try require(next > start, "\(expression) after \(start) in \(zone.identifier): \(next)")
    let clock = PlainClock(zone)
    let first = Int(start.microsecondsSince1970 / 60_000_000) + 1
    let last = Int(next.microsecondsSince1970 / 60_000_000)
    try require(next.microsecondsSince1970 % 60_000_000 == 0, "\(next) is no whole minute")
    try require(plain.isDue(at: last, on: clock), "\(expression) in \(zone.identifier) is not due at \(next)")
    for minute in first..<min(last, first + 1500) {
        try require(
            !plain.isDue(at: minute, on: clock),
            "\(expression) after \(start) in \(zone.identifier): \(next) instead of minute \(minute)")
    }
    return next
}

private func checkNewest(
    of expression: CronExpression, after start: Timestamp, in zone: TimeZone
) throws(PropertyViolation) {
    let end = Timestamp(microsecondsSince1970: start.microsecondsSince1970 + 12 * 3_600_000_000)
    let all = Array(expression.slots(after: start, through: end, in: zone))
    let newest = expression.newestSlots(3, after: start, through: end, in: zone)
    try require(newest == all.suffix(3), "\(expression) in \(zone.identifier): \(newest) of \(all)")
    try require(zip(all, all.dropFirst()).allSatisfy(<), "\(all)")
}
