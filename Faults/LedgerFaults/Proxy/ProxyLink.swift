import Foundation
import Synchronization

/// A client's connection and the one to the server behind it; closed when the last thread lets go of it.
final class ProxyLink: Sendable {
    private let client: Int32
    private let server: Int32
    private let losesAnswers = Atomic<Bool>(false)
    private let isLeft = Atomic<Bool>(false)
    private let weather: ProxyWeather

    init(client: Int32, server: Int32, weather: ProxyWeather) {
        self.client = client
        self.server = server
        self.weather = weather
    }

    deinit {
        close(client)
        close(server)
    }

    /// Passes everything on, until one side ends or a trap springs.
    func start(_ traps: TrapBoard, ended: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            self.forwardRequests(traps)
            // A server that is left alone hears of it when the proxy is put in order.
            if !self.isLeft.load(ordering: .sequentiallyConsistent) { self.cut() }
        }
        Thread.detachNewThread {
            self.forwardAnswers()
            self.cut()
            ended()
        }
    }

    /// Has both sides see the end.
    func cut() {
        _ = shutdown(client, Int32(SHUT_RDWR))
        _ = shutdown(server, Int32(SHUT_RDWR))
    }

    private func forwardRequests(_ traps: TrapBoard) {
        var scanner = MessageScanner()
        while let piece = UnixSocket.read(client) {
            weather.pass()
            guard let sprung = traps.spring(at: piece, scanner.parts(of: piece)) else {
                guard UnixSocket.write(piece[...], to: server) else { return }
                continue
            }
            guard UnixSocket.write(piece[..<sprung.offset], to: server) else { return }
            switch sprung.act {
            case .cut: return
            case .leave:
                isLeft.store(true, ordering: .sequentiallyConsistent)
                _ = shutdown(client, Int32(SHUT_RDWR))
                return
            case .loseAnswer: losesAnswers.store(true, ordering: .sequentiallyConsistent)
            case .freeze(let span): Thread.sleep(forTimeInterval: span / .seconds(1))
            }
            guard UnixSocket.write(piece[sprung.offset...], to: server) else { return }
        }
    }

    private func forwardAnswers() {
        while let piece = UnixSocket.read(server) {
            weather.pass()
            if losesAnswers.load(ordering: .sequentiallyConsistent) { return }
            guard UnixSocket.write(piece[...], to: client) else {
                // Takes what the server still says to a client that is gone.
                if isLeft.load(ordering: .sequentiallyConsistent) { continue }
                return
            }
        }
    }
}
