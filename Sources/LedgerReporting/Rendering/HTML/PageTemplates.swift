import Mustache

/// The templates of `Templates/`, parsed.
enum PageTemplates {
    /// By their file's name without the extension.
    static let library: MustacheLibrary = {
        MustacheContentTypes.register(HTMLContent(), named: HTMLContent.name)
        var library = MustacheLibrary()
        for (name, text) in [
            ("page", PackageResources.page_mustache), ("style", PackageResources.style_mustache),
            ("facts", PackageResources.facts_mustache), ("chart", PackageResources.chart_mustache),
            ("rows", PackageResources.rows_mustache),
        ] {
            // Each template says how it escapes, for the engine begins anew with its own way in every partial.
            let template = "{{% CONTENT_TYPE: \(HTMLContent.name)}}" + String(decoding: text, as: UTF8.self)
            do {
                try library.register(template, named: name)
            } catch {
                preconditionFailure("the template \(name) cannot be parsed: \(error)")
            }
        }
        return library
    }()

    /// The page of `content`.
    static func page(_ content: [String: Any]) -> String {
        guard let page = library.render(content, withTemplate: "page") else {
            preconditionFailure("there is no template page")
        }
        return page
    }
}
