/// The labels of a time series in the text format. They are sorted by name, so equal sets have equal texts.
struct LabelSet: Hashable, Comparable {
    /// For example `a="b",c="d"`: without braces.
    let text: String

    init(_ labels: [(String, String)]) {
        text = labels.map { (PrometheusText.labelName($0.0), $0.1) }.sorted { $0.0 < $1.0 }
            .map { "\($0)=\"\(PrometheusText.escape($1, quotes: true))\"" }.joined(separator: ",")
    }

    private init(text: String) { self.text = text }

    /// Returns the set with one more label at the end.
    func adding(_ name: String, _ value: String) -> LabelSet {
        LabelSet(text: (text.isEmpty ? "" : text + ",") + "\(name)=\"\(value)\"")
    }

    static func < (left: LabelSet, right: LabelSet) -> Bool { left.text < right.text }
}
