/// How log lines are written: text for people, JSON for programs.
enum LogFormat: String, Sendable, CaseIterable {
    case text, json
}
