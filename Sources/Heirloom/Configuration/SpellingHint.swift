/// Suggests the name that was probably meant.
enum SpellingHint {
    /// `; did you mean NAME?` with the candidate nearest to `name`; empty when none is near.
    static func text(for name: String, among candidates: some Sequence<String>) -> String {
        let nearest = candidates.map { ($0, distance(name, $0)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let nearest, nearest.1 <= max(2, name.count / 3) else { return "" }
        return "; did you mean \(nearest.0)?"
    }

    /// The Levenshtein distance without regard to case.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased()), right = Array(right.lowercased())
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substituted = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
