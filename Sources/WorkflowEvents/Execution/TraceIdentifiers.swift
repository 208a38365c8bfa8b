import Tracing

/// The trace and span that a tracing context belongs to.
///
/// swift-distributed-tracing has no way to ask a tracer for them. What every tracer can do is hand its context on to
/// another process, and the standard form of that is the `traceparent` header of W3C Trace Context
/// (https://www.w3.org/TR/trace-context/#traceparent-header): so it is asked for that header, and the two identifiers
/// are taken from it. A tracer that writes no `traceparent` leaves them unknown.
package struct TraceIdentifiers: Hashable {
    /// 32 hexadecimal digits.
    package let traceID: String
    /// 16 hexadecimal digits.
    package let spanID: String

    /// The identifiers in `context`, if `instrument` writes any.
    init?(in context: ServiceContext, of instrument: any Instrument) {
        var header: String?
        instrument.inject(context, into: &header, using: TraceparentInjector())
        guard let header else { return nil }
        self.init(traceparent: header)
    }

    /// The identifiers in a `traceparent` header: `00-<32 digits>-<16 digits>-<2 digits>`, neither of them all zero.
    ///
    /// A later version than 00 may have fields behind these.
    package init?(traceparent: String) {
        let fields = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count == 4 || fields.count > 4 && fields[0] != "00" else { return nil }
        guard zip(fields, [2, 32, 16, 2]).allSatisfy(Self.isHexadecimal), fields[0] != "ff" else { return nil }
        guard fields[1...2].allSatisfy({ $0.contains { $0 != "0" } }) else { return nil }
        self.traceID = String(fields[1])
        self.spanID = String(fields[2])
    }

    private static func isHexadecimal(_ text: Substring, length: Int) -> Bool {
        text.utf8.count == length
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}

private struct TraceparentInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout String?) {
        if key.lowercased() == "traceparent" { carrier = value }
    }
}
