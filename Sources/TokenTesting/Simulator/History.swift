import TokenCore

/// What happened in a run, one line a step and one a request, for a person to read.
package struct History: Sendable, Equatable, CustomStringConvertible {
    package private(set) var lines: [String] = []

    mutating func began(_ step: Step, at now: Timestamp) {
        let time = String(now.description.dropFirst(11).dropLast())
        lines.append("\(time)  \(step)")
    }

    mutating func noted(_ text: String) { lines.append("                \(text)") }

    package var description: String { lines.joined(separator: "\n") }
}
