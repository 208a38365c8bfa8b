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

    /// The entry that libFuzzer's own `main` would call, which the linker asks for.
    @_cdecl("LLVMFuzzerTestOneInput")
    func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        if let chosen { LedgerFuzz.check(chosen, Array(UnsafeBufferPointer(start: start, count: count))) }
        return 0
    }

    extension LedgerFuzz {
        /// Fuzzes `target` with the options behind its name.
        static func fuzz(_ target: FuzzTarget) -> Never {
            chosen = target
            var arguments = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)
            arguments.append("-max_len=\(target.maximumBytes)")
            let strings = arguments.map { strdup($0) } + [nil]
            let copy = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: strings.count)
            copy.initialize(from: strings, count: strings.count)
            var (count, pointer) = (CInt(arguments.count), copy)
            exit(runLibFuzzer(&count, &pointer, testOneInput))
        }
    }
#endif
