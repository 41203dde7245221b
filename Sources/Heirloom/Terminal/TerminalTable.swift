/// Rows in columns for a terminal.
package struct TerminalTable {
    /// A cell that is wider does not widen its column: one long name must not push everything else out of sight.
    private static let widest = 40

    /// The lines of the table, without spaces at their ends.
    ///
    /// - Parameter rows: the first one is the heading. All have as many cells as it.
    package static func lines(_ rows: [[String]]) -> [String] {
        let cells = rows.map { $0.map { TerminalText.escaped($0).replacing("\n", with: "\\u{A}") } }
        let sizes = cells.map { $0.map(TerminalText.width) }
        let columns = (sizes.first ?? []).indices.map { column in
            sizes.map { $0[column] }.filter { $0 <= widest }.max() ?? 0
        }
        return zip(cells, sizes).map { cells, sizes in
            var line = ""
            for (index, cell) in cells.enumerated() {
                line += cell
                if index < cells.count - 1 {
                    line += String(repeating: " ", count: max(0, columns[index] - sizes[index]) + 2)
                }
            }
            return line
        }
    }
}
