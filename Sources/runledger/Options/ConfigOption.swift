import ArgumentParser

/// The file of settings.
struct ConfigOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A JSON file of settings; flags and environment variables go before it. (RUNLEDGER_CONFIG)",
            valueName: "file"),
        completion: .file())
    var config: String?
}
