/// A chart as lines, shapes and texts in pixels, from the upper left corner.
package struct ChartDrawing: Sendable {
    /// A straight line.
    package struct Line: Sendable {
        /// Its class in the style sheet: `grid`, `zero`, or `sample series-N`.
        package var style: String
        package var x1, y1, x2, y2: Double
    }

    /// A bar.
    package struct Bar: Sendable {
        package var x, y, width, height: Double
        /// What a pointer that rests on it reads.
        package var tip: String
    }

    /// A line through points.
    package struct Curve: Sendable {
        /// The series, from 0: colour and dashes.
        package var series: Int
        /// At least two points.
        package var points: [(x: Double, y: Double)]
    }

    /// The mark of a point.
    package struct Mark: Sendable {
        /// The series, from 0: colour and shape.
        package var series: Int
        package var x, y: Double
        /// What a pointer that rests on it reads.
        package var tip: String
    }

    /// A line of text.
    package struct Text: Sendable {
        /// Which end of it, or its middle, is at its place.
        package enum Anchor: String, Sendable { case start, middle, end }
        /// Its class in the style sheet: `label`, `tick`, `axis` or `value`.
        package var style: String
        package var x, y: Double
        package var anchor: Anchor
        package var text: String
        /// The whole text, where ``text`` is shortened.
        package var full: String?
    }

    package let size: ChartSize
    package var height: Double
    package var lines: [Line] = []
    package var bars: [Bar] = []
    package var curves: [Curve] = []
    package var marks: [Mark] = []
    package var texts: [Text] = []

    /// An empty drawing.
    package init(_ size: ChartSize, height: Double) {
        self.size = size
        self.height = height
    }

    /// Adds a line of text.
    package mutating func write(
        _ text: String, _ style: String, x: Double, y: Double, _ anchor: Text.Anchor = .start, full: String? = nil
    ) {
        texts.append(Text(style: style, x: x, y: y, anchor: anchor, text: text, full: full))
    }
}
