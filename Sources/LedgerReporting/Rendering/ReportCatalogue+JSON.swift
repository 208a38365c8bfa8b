import WorkflowEvents

extension ReportCatalogue {
    /// The catalogue as one JSON object: `{"reports":[{"name","title","description",…}]}`.
    package var json: [UInt8] {
        var json: [UInt8] = []
        var object = JSONObjectWriter(&json)
        object.add("reports", to: &json) { json in
            appendJSONArray(definitions, to: &json) { $0.appendJSON(to: &$1) }
        }
        object.end(&json)
        return json
    }
}

extension ReportDefinition {
    fileprivate func appendJSON(to json: inout [UInt8]) {
        var object = JSONObjectWriter(&json)
        object.add("name", name, to: &json)
        object.add("title", title, to: &json)
        object.add("description", summary, to: &json)
        object.add("report_sha256", sha256, to: &json)
        object.add("parameters", to: &json) { json in
            appendJSONArray(parameters, to: &json) { $0.appendJSON(to: &$1) }
        }
        object.add("columns", to: &json) { json in
            appendJSONArray(columns, to: &json) { $0.appendJSON(to: &$1) }
        }
        object.end(&json)
    }
}

extension ReportDefinition.Parameter {
    fileprivate func appendJSON(to json: inout [UInt8]) {
        var object = JSONObjectWriter(&json)
        object.add("name", name, to: &json)
        object.add("type", type.rawValue, to: &json)
        object.add("description", summary, to: &json)
        object.add("required", isRequired, to: &json)
        object.add("default", defaultText, to: &json)
        object.add("choices", to: &json) { json in
            appendJSONArray(choices, to: &json) { choice, json in json.append(json: choice) }
        }
        object.end(&json)
    }
}

extension ReportDefinition.Column {
    /// Appends the column as a JSON object.
    func appendJSON(to json: inout [UInt8]) {
        var object = JSONObjectWriter(&json)
        object.add("name", name, to: &json)
        object.add("type", type.rawValue, to: &json)
        object.add("unit", unit, to: &json)
        object.end(&json)
    }
}
