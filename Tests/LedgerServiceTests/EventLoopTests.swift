import NIOCore
import NIOPosix
import Testing

@testable import LedgerService

@Suite("On an event loop", .timeLimit(.minutes(1)))
struct EventLoopTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.next()

    @Test("Work stays there, and leaves it for as long as it is long")
    func leaving() async {
        await withTaskExecutorPreference(EventLoopExecutor(loop)) {
            #expect(loop.inEventLoop)
            await offEventLoop(if: false) { #expect(loop.inEventLoop) }
            await offEventLoop {
                #expect(MultiThreadedEventLoopGroup.currentEventLoop == nil)
                await Task.yield()
                #expect(MultiThreadedEventLoopGroup.currentEventLoop == nil)
            }
            #expect(loop.inEventLoop)
        }
    }
}
