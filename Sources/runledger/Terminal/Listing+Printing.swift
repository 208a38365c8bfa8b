import LedgerReporting

extension Listing {
    /// Writes the list to standard output.
    func print(as format: OutputFormat) throws {
        switch format {
        case .table: try Terminal.write(table.text(width: Terminal.width, bold: { Style.bold($0) }))
        case .json: try Terminal.write(data: json + [UInt8(ascii: "\n")])
        case .ndjson: try Terminal.write(data: table.ndjson)
        case .csv: try Terminal.write(data: table.csv)
        }
    }
}
