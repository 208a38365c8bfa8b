/// The file that events of the open batch are appended to before `emit` returns, in spool-first mode.
package struct Journal: Sendable {
    package let file: SpoolFile
}
