import Foundation
import LedgerSchedules

extension SecretSource {
    /// Reads the secret, anew for each request, so that one that is replaced is used from then on.
    ///
    /// - Parameter environment: the variables there are.
    /// - Throws: ``ScheduleError`` `badSecret`, without the secret in it.
    func load(from environment: [String: String]) throws(ScheduleError) -> WebhookSecret {
        switch self {
        case .environment(let name):
            guard let value = environment[name] else {
                throw ScheduleError(.badSecret, "the environment variable \(name), the webhook's secret, is not set")
            }
            return try WebhookSecret(value.utf8)
        case .file(let path):
            guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: 8192) else {
                throw ScheduleError(.badSecret, "the file \(path), the webhook's secret, cannot be read")
            }
            return try WebhookSecret(data)
        }
    }
}
