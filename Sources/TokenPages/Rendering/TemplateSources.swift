import StrictCoding

/// The templates as they are embedded in the program.
enum TemplateSources {
    /// The source of a template; nil for a name that none has.
    ///
    /// - Parameter hasLogo: whether the pages have a logo in the place of Heirloom's mark.
    static func source(named name: String, hasLogo: Bool) -> [UInt8]? {
        switch name {
        case "layout": PackageResources.layout_mustache
        case "session": PackageResources.session_mustache
        case "session-facts": PackageResources.session_facts_mustache
        case "login": PackageResources.login_mustache
        case "setup": PackageResources.setup_mustache
        case "welcome": PackageResources.welcome_mustache
        case "account": PackageResources.account_mustache
        case "inspect": PackageResources.inspect_mustache
        case "error": PackageResources.error_mustache
        case "onward": PackageResources.onward_mustache
        case "provider": PackageResources.provider_mustache
        case "console-layout": PackageResources.console_layout_mustache
        case "console-event": PackageResources.console_event_mustache
        case "console-session": PackageResources.console_session_mustache
        case "console-enter": PackageResources.console_enter_mustache
        case "console-error": PackageResources.console_error_mustache
        case "console-overview": PackageResources.console_overview_mustache
        case "console-users": PackageResources.console_users_mustache
        case "console-subject": PackageResources.console_subject_mustache
        case "console-clients": PackageResources.console_clients_mustache
        case "console-client": PackageResources.console_client_mustache
        case "console-keys": PackageResources.console_keys_mustache
        case "console-events": PackageResources.console_events_mustache
        case "console-providers": PackageResources.console_providers_mustache
        case "mark": hasLogo ? PackageResources.logo_mustache : PackageResources.mark_mustache
        default: nil
        }
    }

    /// The names of the templates that a template has in it: partials and the layout.
    static func parts(of source: String) -> [String] {
        var parts: [String] = []
        var rest = source[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            let tag = rest[start.upperBound..<end.lowerBound]
            if tag.hasPrefix(">") || tag.hasPrefix("<") {
                parts.append(String(tag.dropFirst().drop { $0 == " " }))
            }
            rest = rest[end.upperBound...]
        }
        return parts
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
