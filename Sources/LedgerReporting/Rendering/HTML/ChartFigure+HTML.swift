extension ChartFigure {
    /// The figure as the template `chart` reads it.
    var content: [String: Any] {
        [
            "caption": caption, "description": description, "notes": notes,
            "drawings": drawings.map(\.content),
        ]
    }
}

extension ChartDrawing {
    fileprivate var content: [String: Any] {
        [
            "size": size.rawValue, "width": pixels(size.width), "height": pixels(height),
            "lines": lines.map { line -> [String: Any] in
                [
                    "style": line.style, "x1": pixels(line.x1), "y1": pixels(line.y1), "x2": pixels(line.x2),
                    "y2": pixels(line.y2),
                ]
            },
            "bars": bars.map { bar -> [String: Any] in
                [
                    "x": pixels(bar.x), "y": pixels(bar.y), "width": pixels(bar.width), "height": pixels(bar.height),
                    "tip": bar.tip,
                ]
            },
            "curves": curves.map { curve -> [String: Any] in
                let points = curve.points.map { "\(pixels($0.x)) \(pixels($0.y))" }
                return ["series": curve.series, "path": "M" + points.joined(separator: "L")]
            },
            "marks": marks.map { mark -> [String: Any] in
                ["series": mark.series, "path": MarkShape.path(mark), "tip": mark.tip]
            },
            "texts": texts.map { text -> [String: Any] in
                [
                    "style": text.style, "x": pixels(text.x), "y": pixels(text.y), "anchor": text.anchor.rawValue,
                    "text": text.text, "full": (text.full as Any?) ?? false,
                ]
            },
        ]
    }
}

/// The shapes that tell lines apart without colour.
private enum MarkShape {
    /// The path of `mark`'s shape about its place.
    static func path(_ mark: ChartDrawing.Mark) -> String {
        let shape = shapes[mark.series % shapes.count]
        return "M\(pixels(mark.x)) \(pixels(mark.y))\(shape)"
    }

    /// From the middle: circle, square, triangle, diamond, triangle on its tip, plus, bar across, hour-glass.
    private static let shapes = [
        "m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z",
        "m-3 -3h6v6h-6z",
        "m0 -4l4 7h-8z",
        "m0 -4.4l4.4 4.4l-4.4 4.4l-4.4-4.4z",
        "m0 4l4-7h-8z",
        "m-1.2 -4h2.4v2.8h2.8v2.4h-2.8v2.8h-2.4v-2.8h-2.8v-2.4h2.8z",
        "m-4.5 -1.6h9v3.2h-9z",
        "m-3.6 -3.6h7.2l-7.2 7.2h7.2z",
    ]
}

/// A length to a tenth of a pixel.
private func pixels(_ length: Double) -> String {
    ReportValue.shortest((length * 10).rounded() / 10)
}
