import Testing

@testable import WorkflowEvents

@Suite("Metrics as JSON numbers")
struct MetricLiteralTests {
    /// How the metric written as `text` is stored.
    private func storage(_ text: String) throws -> MetricValue.Storage? {
        try read(members: "\"metrics\":{\"m\":\(text)}").metrics["m"]?.storage
    }

    @Test(
        "Integers of 64 bits are integers",
        arguments: [
            "0", "1", "-1", "42", "1234567890123456789", "9223372036854775807", "-9223372036854775808",
        ])
    func integers(text: String) throws {
        #expect(try storage(text) == Int64(text).map { .integer($0) })
    }

    @Test(
        "Decimals that a double describes are doubles",
        arguments: [
            "0.0", "-0.0", "8.5", "3.14", "0.1", "-0.85", "100.0", "123456789012.345", "0.0001", "0.30000000000000004",
            "9007199254740993.0", "1e+16", "1.5e-07", "1.7976931348623157e+308", "5e-324", "0.00012345678901234",
        ])
    func doubles(text: String) throws {
        let double = try #require(Double(text))
        guard double.description == text else {
            #expect(try storage(text) == .literal(text))
            return
        }
        let stored = try #require(try storage(text))
        #expect(stored == .double(double))
        #expect(MetricValue(storage: stored).description == text)
    }

    @Test(
        "Every other number keeps its characters",
        arguments: [
            "-0", "1e2", "1E2", "1.50", "100.00", "0.00001", "0.10", "9223372036854775808", "18446744073709551616",
            "0.1234567890123456789012345678901234567", "1e-400", "1e00", "12345678901234567890.5", "1.0e0",
        ])
    func literals(text: String) throws {
        #expect(try storage(text) == .literal(text))
    }

    @Test("A number is at most 40 characters long")
    func length() throws {
        let forty = "0." + String(repeating: "1", count: 38)
        #expect(try storage(forty) == .literal(forty))
        #expect(
            refusals(members: "\"metrics\":{\"m\":\(forty)1}") == [
                "/metrics/m must be a number of at most 40 characters"
            ])
        let manyZeros = String(repeating: "0", count: 100_000)
        #expect(refusals(members: "\"metrics\":{\"m\":1.\(manyZeros)}").count == 1)
    }

    @Test("A number beyond the finite doubles is refused", arguments: ["1e309", "-1e309", "2e308", "1e99999999999999"])
    func infinite(text: String) {
        #expect(
            refusals(members: "\"metrics\":{\"m\":\(text)}") == [
                "/metrics/m must be a number that is finite as a double"
            ])
    }

    @Test("Random decimals are written as they were read, and read as the number they are")
    func randomDecimals() throws {
        var random = FixedRandom(state: 8259)
        for _ in 0..<3000 {
            let text = Self.decimal(&random)
            guard let double = Double(text), double.isFinite, text.utf8.count <= 40 else { continue }
            let event = try read(members: "\"metrics\":{\"m\":\(text)}")
            let value = try #require(event.metrics["m"])
            #expect(value.description == text)
            #expect(value.doubleValue == double, "\(text)")
        }
    }

    @Test("Random doubles are stored as the doubles they are")
    func randomDoubles() throws {
        var random = FixedRandom(state: 754)
        for _ in 0..<3000 {
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            #expect(try storage(double.description) == .double(double))
            let short = (Double(random.next() % 1_000_000) / 1000)
            #expect(try storage(short.description) == .double(short))
        }
    }

    private static func decimal(_ random: inout FixedRandom) -> String {
        func digits(_ count: Int) -> String { (0..<count).map { _ in String(random.next() % 10) }.joined() }
        var text = random.next() % 2 == 0 ? "-" : ""
        let whole = digits(Int(random.next() % 12) + 1).drop { $0 == "0" }
        text += whole.isEmpty ? "0" : whole
        if random.next() % 3 != 0 { text += "." + digits(Int(random.next() % 12) + 1) }
        if random.next() % 4 == 0 {
            text += ["e", "E"].randomElement(using: &random) ?? "e"
            text += ["", "+", "-"].randomElement(using: &random) ?? ""
            text += digits(Int(random.next() % 3) + 1)
        }
        return text
    }
}

@Suite("Metrics as PostgreSQL writes them")
struct StoredMetricTests {
    private func metrics(_ text: String) throws -> MetricSet {
        try MetricSet(stored: text)
    }

    @Test("Stored metrics are read in their order")
    func order() throws {
        let metrics = try metrics(#"{"b": 42, "a": 8.5, "é": -0.10}"#)
        #expect(metrics.map(\.name) == ["b", "a", "é"])
        #expect(metrics.map(\.value.description) == ["42", "8.5", "-0.10"])
        #expect(try self.metrics("{}").isEmpty)
    }

    @Test("A number that lost its exponent gets one again")
    func shortened() throws {
        let zeros = String(repeating: "0", count: 99)
        let digits = "123456789012345678901234567890123"
        for (stored, shortened) in [
            ("1\(zeros)", "1e99"), ("-25\(zeros)", "-25e99"), ("0.\(zeros)5", "5e-100"), ("-0.\(zeros)50", "-5e-100"),
            ("\(digits)\(zeros)", "\(digits)e99"), ("0.\(zeros)\(digits)", "\(digits)e-132"), ("0.\(zeros)", "0"),
        ] {
            let value = try #require(try metrics("{\"m\": \(stored)}")["m"])
            #expect(value.doubleValue == Double(stored))
            #expect(value.description == shortened)
            #expect(throws: Never.self) { try read(members: "\"metrics\":{\"m\":\(value)}") }
        }
        let many = "1" + String(repeating: "3", count: 60)
        #expect(try metrics("{\"m\": \(many)}")["m"]?.storage == .double(try #require(Double(many))))
    }

    @Test(
        "Anything but an object of finite numbers is refused",
        arguments: [
            "", "[]", "null x", #"{"a":"1"}"#, #"{"a":null}"#, #"{"a":1"#, #"{"a":1} x"#, #"{"a":1e999}"#,
        ])
    func refused(text: String) {
        #expect(throws: EventJSONError.self) { try metrics(text) }
    }
}
