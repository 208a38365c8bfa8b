/// Delivers artifacts as files below a directory, each whole or not at all.
package struct DirectoryDelivery: Sendable, Hashable {
    /// How a delivery that did not fail ended, with the path of the file.
    package enum Outcome: Sendable, Hashable {
        /// The file is new.
        case written(String)
        /// The same contents stood there already, as after a delivery that was not heard of.
        case alreadyThere(String)
    }

    /// The directory; it and what is above it is created where it is missing.
    package let path: String
    package let template: FileNameTemplate

    package init(path: String, template: FileNameTemplate) {
        self.path = path
        self.template = template
    }

    /// Writes the file of `artifact` and waits for the disk.
    ///
    /// The contents go into a hidden file beside it, which gets the file's name once it is whole, by `link(2)`, so that
    /// nobody sees half a file and none that exists is overwritten. A failure leaves no file behind, though it may leave
    /// directories; a loss of power may leave the hidden file, `.….part`. Below the directory no symbolic link is followed.
    ///
    /// The call blocks its thread. It may be repeated after any failure.
    ///
    /// - Throws: ``ScheduleError`` `nameTaken` if something else has the name, `unsafePath` if something on the way to it is
    ///   no directory, `badTemplate` if the name is too long, `fileSystem` if the system refuses, where a retry may succeed.
    package func deliver(_ artifact: Artifact) throws(ScheduleError) -> Outcome {
        var parts = try template.parts(of: artifact)
        let name = parts.removeLast()
        var directory = try OpenDirectory(creating: path)
        for part in parts { directory = try directory.subdirectory(part) }

        let file = directory.path(of: name)
        if try directory.holds(artifact.body, as: name) { return .alreadyThere(file) }
        if try directory.add(artifact.body, as: name) { return .written(file) }
        // Somebody was faster, most likely with the same.
        guard try directory.holds(artifact.body, as: name) else {
            throw ScheduleError(.fileSystem, "`\(file)` came and went while it was written; it can be tried again")
        }
        return .alreadyThere(file)
    }
}
