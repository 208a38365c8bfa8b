import Foundation

extension ScheduleFileReader {
    private static let keys = ["directory", "file", "webhook", "secret_env", "secret_file"]

    mutating func deliveries(_ value: YAMLValue, of kind: FileWriter.Kind) -> [Delivery] {
        var deliveries: [Delivery] = []
        for item in list(value, of: "deliveries", maximumCount: ScheduleFile.maximumDeliveryCount) ?? [] {
            guard let fields = mapping(item, of: "a delivery", keys: Self.keys),
                let delivery = delivery(fields, of: kind)
            else { continue }
            if case .webhook(let url, _) = delivery, deliveries.contains(where: { $0.webhook == url }) {
                note(item.line, "this webhook stands twice in one schedule")
            }
            deliveries.append(delivery)
        }
        return deliveries
    }

    private mutating func delivery(_ fields: Fields, of kind: FileWriter.Kind) -> Delivery? {
        switch (fields.values["directory"], fields.values["webhook"]) {
        case (nil, nil):
            note(fields.line, "a delivery has the key `directory` or `webhook`")
            return nil
        case (_?, _?):
            note(fields.line, "`directory` and `webhook` exclude each other; write two deliveries")
            return nil
        case (let directory?, nil):
            refuse(["secret_env", "secret_file"], in: fields, beside: "directory")
            return self.directory(directory, fields, of: kind)
        case (nil, let webhook?):
            refuse(["file"], in: fields, beside: "webhook")
            return self.webhook(webhook, fields)
        }
    }

    private mutating func refuse(_ keys: [String], in fields: Fields, beside other: String) {
        for key in keys {
            if let value = fields.values[key] { note(value.line, "`\(key)` has no meaning beside `\(other)`") }
        }
    }

    private mutating func directory(
        _ value: YAMLValue, _ fields: Fields, of kind: FileWriter.Kind
    ) -> Delivery? {
        let path = text(value, of: "directory")
        let template =
            fields.values["file"].map { value in
                parsed(value, of: "file") { text throws(ScheduleError) in try FileNameTemplate(text) }
            } ?? .standard
        guard let path, let template else { return nil }
        guard !path.utf8.contains(0), path.utf8.count <= 1024 else {
            note(value.line, "a path has at most 1024 bytes, none of which is zero")
            return nil
        }
        let line = fields.values["file"]?.line ?? value.line
        let writer = FileWriter(kind: kind, directory: path, template: template)
        if let ambiguity = writer.ambiguity { note(line, "file: `\(template)`: \(ambiguity)") }
        if let other = writers.first(where: writer.collides) {
            note(
                line,
                other.kind.schedule == kind.schedule
                    ? "this directory stands twice in one schedule"
                    : "the schedule `\(other.kind.schedule)` writes files of these names too; add {schedule}")
        }
        writers.append(writer)
        return .directory(path: path, template: template)
    }

    private mutating func webhook(_ value: YAMLValue, _ fields: Fields) -> Delivery? {
        let url = text(value, of: "webhook").flatMap { self.url($0, value.line) }
        let secret: SecretSource?
        switch (fields.values["secret_env"], fields.values["secret_file"]) {
        case (nil, nil):
            note(fields.line, "the key `secret_env` or `secret_file` is missing, with which the webhook is signed")
            return nil
        case (_?, let file?):
            note(file.line, "`secret_env` and `secret_file` exclude each other")
            return nil
        case (let variable?, nil):
            secret = text(variable, of: "secret_env").flatMap { self.variable($0, variable.line) }
        case (nil, let file?):
            secret = text(file, of: "secret_file").map { .file($0) }
        }
        guard let url, let secret else { return nil }
        return .webhook(url: url, secret: secret)
    }

    /// The messages leave the text out, in which there may be a password.
    private mutating func url(_ text: String, _ line: Int) -> URL? {
        let reason: String
        guard text.utf8.count <= 2048, let url = URL(string: text, encodingInvalidCharacters: false) else {
            note(line, "`webhook` is no URL of at most 2048 bytes")
            return nil
        }
        if !["http", "https"].contains(url.scheme?.lowercased()) {
            reason = "`webhook` begins with https:// or http://"
        } else if url.host(percentEncoded: false)?.isEmpty ?? true {
            reason = "`webhook` names no host"
        } else if url.user != nil || url.password != nil {
            reason = "`webhook` holds no user or password; the request is signed with the secret instead"
        } else if url.fragment != nil {
            reason = "`webhook` has no fragment (#), which would not be sent"
        } else {
            return url
        }
        note(line, reason)
        return nil
    }

    private mutating func variable(_ name: String, _ line: Int) -> SecretSource? {
        guard name.utf8.count <= 255, name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
            // It may be the secret itself that somebody put here.
            note(line, "`secret_env` is the name of an environment variable: letters, digits and underscores")
            return nil
        }
        return .environment(name)
    }
}

extension Delivery {
    fileprivate var webhook: URL? {
        if case .webhook(let url, _) = self { url } else { nil }
    }
}
