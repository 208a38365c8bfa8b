#if FUZZING
    import Foundation
    import FuzzTargets

    /// libFuzzer's loop: takes its options from the arguments and calls the function with one input after another.
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runLibFuzzer(
        _ argumentCount: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
        _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt

    /// The one target of this process; set before the first input.
    nonisolated(unsafe) private var chosen: FuzzTarget?

    /// Gives the target an input.
    private func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        if let chosen { LedgerFuzz.check(chosen, Array(UnsafeBufferPointer(start: start, count: count))) }
        return 0
    }

    extension LedgerFuzz {
        /// Fuzzes `target` with libFuzzer's `options`.
        static func fuzz(_ target: FuzzTarget, _ options: some Sequence<String>) -> Never {
            chosen = target
            // For the processes that libFuzzer starts with options alone.
            setenv(targetVariable, target.name, 1)
            let arguments = [CommandLine.arguments[0]] + options + ["-max_len=\(target.maximumBytes)"]
            let strings = arguments.map { strdup($0) } + [nil]
            let copy = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count)
            copy.initialize(from: strings, count: strings.count)
            var (count, pointer) = (CInt(arguments.count), copy)
            exit(runLibFuzzer(&count, &pointer, testOneInput))
        }
    }
#endif
