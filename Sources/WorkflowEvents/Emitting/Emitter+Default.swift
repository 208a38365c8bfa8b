import Synchronization

extension Emitter {
    /// The emitter used where none is given.
    ///
    /// The innermost of: what ``withWorkflowEvents(_:service:logger:flushDeadline:_:)`` or a test kit set for this
    /// task and its children; what `withWorkflowEvents` set for the process; what ``makeDefault()`` set. Unset, it is
    /// one with the log sink alone.
    public static var `default`: Emitter {
        taskDefault ?? processDefault.withLock { $0.current } ?? logOnly
    }

    /// Makes this emitter the process's default until another one is.
    public func makeDefault() {
        Self.processDefault.withLock { $0.base = self }
    }

    /// The default of the current task and its children.
    @TaskLocal package static var taskDefault: Emitter?

    /// Makes this emitter the process's default until ``endDefault()``; later calls go before earlier ones.
    func beginDefault() {
        Self.processDefault.withLock { $0.scopes.append(self) }
    }

    /// Ends what ``beginDefault()`` began, in whatever order scopes end.
    func endDefault() {
        Self.processDefault.withLock { defaults in
            if let index = defaults.scopes.lastIndex(where: { $0 === self }) { defaults.scopes.remove(at: index) }
        }
    }

    private struct Defaults {
        var base: Emitter?
        var scopes: [Emitter] = []
        var current: Emitter? { scopes.last ?? base }
    }

    private static let processDefault = Mutex(Defaults())
    private static let logOnly = Emitter(sinks: [LogSink()])
}
