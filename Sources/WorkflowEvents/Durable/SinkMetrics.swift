import Metrics

/// The metrics of a durable sink, made once.
struct SinkMetrics: Sendable {
    /// Events that only memory holds, in flight included.
    let queuedEvents: Gauge
    /// About how much memory they hold.
    let queuedBytes: Gauge
    /// Bytes of undelivered files.
    let spoolBytes: Gauge
    let spooled: Counter
    let delivered: Counter
    let dropped: Counter
    let refused: Counter
    /// Files, not events.
    let tornFiles: Counter
    let deliveryFailures: Counter
    /// How long the destination took for a batch that it stored.
    let delivery: Timer

    init(factory: any MetricsFactory) {
        func counter(_ name: String) -> Counter { Counter(label: "workflow_events_\(name)", factory: factory) }
        func gauge(_ name: String) -> Gauge { Gauge(label: "workflow_events_\(name)", factory: factory) }
        queuedEvents = gauge("queued")
        queuedBytes = gauge("queued_bytes")
        spoolBytes = gauge("spool_bytes")
        spooled = counter("spooled")
        delivered = counter("delivered")
        dropped = counter("dropped")
        refused = counter("refused_by_destination")
        tornFiles = counter("torn_files")
        deliveryFailures = counter("delivery_failures")
        delivery = Timer(
            label: "workflow_events_delivery", dimensions: [], preferredDisplayUnit: .milliseconds, factory: factory)
    }

    /// Sets the gauges, and moves the counters on by what changed since `last`.
    func update(from last: DurableSink.Status, to status: DurableSink.Status) {
        queuedEvents.record(status.queuedEventCount)
        queuedBytes.record(status.queuedBytes)
        spoolBytes.record(status.spoolBytes)
        func move(_ counter: Counter, _ count: KeyPath<DurableSink.Status, Int>) {
            let change = status[keyPath: count] - last[keyPath: count]
            if change > 0 { counter.increment(by: change) }
        }
        move(spooled, \.spooledEventCount)
        move(delivered, \.deliveredEventCount)
        move(dropped, \.droppedEventCount)
        move(refused, \.refusedEventCount)
        move(tornFiles, \.tornFileCount)
    }
}
