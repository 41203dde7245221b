/// How log lines are written: text for people, JSON for programs.
package enum LogFormat: String, Sendable, CaseIterable {
    case text, json
}
