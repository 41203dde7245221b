import StrictCoding

/// The templates as they are embedded in the program.
enum TemplateSources {
    /// By name. Another one, `mark`, is the logo.
    static let all: [String: [UInt8]] = [
        "layout": PackageResources.layout_mustache,
        "session": PackageResources.session_mustache,
        "session-facts": PackageResources.session_facts_mustache,
        "login": PackageResources.login_mustache,
        "setup": PackageResources.setup_mustache,
        "welcome": PackageResources.welcome_mustache,
        "account": PackageResources.account_mustache,
        "inspect": PackageResources.inspect_mustache,
        "error": PackageResources.error_mustache,
        "onward": PackageResources.onward_mustache,
        "provider": PackageResources.provider_mustache,
        "console-layout": PackageResources.console_layout_mustache,
        "console-event": PackageResources.console_event_mustache,
        "console-session": PackageResources.console_session_mustache,
        "console-enter": PackageResources.console_enter_mustache,
        "console-error": PackageResources.console_error_mustache,
        "console-overview": PackageResources.console_overview_mustache,
        "console-users": PackageResources.console_users_mustache,
        "console-subject": PackageResources.console_subject_mustache,
        "console-clients": PackageResources.console_clients_mustache,
        "console-client": PackageResources.console_client_mustache,
        "console-keys": PackageResources.console_keys_mustache,
        "console-events": PackageResources.console_events_mustache,
        "console-providers": PackageResources.console_providers_mustache,
    ]

    /// The templates of the console, or those of the other pages: to parse all of them would slow the start.
    static func ofConsole(_ isConsole: Bool) -> [String: [UInt8]] {
        // Both have the facts of a session.
        all.filter { name, _ in name == "session-facts" || name.hasPrefix("console-") == isConsole }
    }

    private static let prefixes = ["site.", "text.", "console."]

    /// A template that names a value which does not exist.
    struct UnknownValue: Error {
        let name: String
    }

    /// A template with the values that no page changes, which are those of the names `site.…`, `text.…` and
    /// `console.…`.
    ///
    /// - Parameter values: parts of templates, by name.
    static func filled(_ source: String, with values: [String: String]) throws(UnknownValue) -> String {
        var filled = ""
        var rest = source[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            let name = String(rest[start.upperBound..<end.lowerBound])
            filled += rest[..<start.lowerBound]
            if prefixes.contains(where: { name.hasPrefix($0) }) {
                guard let value = values[name] else { throw UnknownValue(name: name) }
                filled += value
            } else {
                filled += rest[start.lowerBound..<end.upperBound]
            }
            rest = rest[end.upperBound...]
        }
        return filled + rest
    }

    /// The texts of a language, by the names that templates have for them.
    static func values(of language: PageLanguage) -> [String: String] {
        var values: [String: String] = [:]
        let script = JSONWriter.object { json in
            for (name, value) in constants(of: language.text) {
                if name.hasPrefix("script") { json.member(named: name, value) } else { values["text.\(name)"] = value }
            }
        }
        values["text.script"] = escaped(String(decoding: script, as: UTF8.self))
        for (name, value) in constants(of: language.console) { values["console.\(name)"] = value }
        return values
    }

    /// The texts of a table that are no functions.
    private static func constants(of table: Any) -> [(name: String, value: String)] {
        Mirror(reflecting: table).children.compactMap { name, value in
            guard let name, let value = value as? String else { return nil }
            return (name, value)
        }
    }

    /// A text that is neither markup nor a tag of a template. It is ASCII: a combining mark would join the tag before
    /// it.
    static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            if !scalar.isASCII || "&<>\"'{}".unicodeScalars.contains(scalar) {
                escaped += "&#\(scalar.value);"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
    }
}
