import TokenCore

/// What happened in a run, as text: a line for each step and for each request.
package struct History: Sendable, Equatable, CustomStringConvertible {
    private var lines: [String] = []

    mutating func add(_ step: Step, at now: Timestamp) {
        let time = String(now.description.dropFirst(11).dropLast())
        lines.append("\(time)  \(step)")
    }

    mutating func add(_ note: String) { lines.append("                \(note)") }

    package var description: String { lines.joined(separator: "\n") }
}
