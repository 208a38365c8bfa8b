import WorkflowEvents
import WorkflowEventsPostgres

/// A stored event as one line for the eye.
struct EventLine {
    let stored: StoredEvent

    var text: String {
        let event = stored.event
        var line = Style.dim("\(padded("\(stored.position)", to: -5))  \(event.ts.rfc3339.dropFirst(11).prefix(12))  ")
        line += padded(event.runID, to: 9) + padded(event.node.rawValue, to: 9) + phase
        if event.phase != .start { line += padded("\(event.durationMS) ms", to: -8) }
        let metrics = event.metrics.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        if !metrics.isEmpty { line += "  " + Style.dim(metrics) }
        if !event.issues.isEmpty { line += "  " + Style.yellow(event.issues.joined(separator: "; ")) }
        return line
    }

    private var phase: String {
        switch stored.event.phase {
        case .start: Style.cyan("start ")
        case .end: Style.green("end   ")
        case .fail: Style.red("fail  ")
        }
    }

    /// `text` in `width` columns, to the right where `width` is negative.
    private func padded(_ text: String, to width: Int) -> String {
        let padding = String(repeating: " ", count: max(0, abs(width) - text.count))
        return width < 0 ? padding + text : text + padding
    }
}
