import Federation
import StrictCoding
import TokenCore

/// A section of the configuration whose members have names that the operator chooses, and keys of their own.
struct NamedSection: Sendable {
    /// `federation.providers` or `webhooks`.
    let path: String
    /// The keys of a member.
    let keys: @Sendable (_ name: String) -> [any ConfigurationKeyProtocol]

    static let providers = NamedSection(path: ProviderKeys.section) { ProviderKeys($0).all }
    static let webhooks = NamedSection(path: WebhookKeys.section) { WebhookKeys($0).all }
    static let all = [providers, webhooks]

    /// The names that the file, the environment and the flags use, in their order.
    ///
    /// - Parameter flags: the texts of the flags, by the path of their key.
    func names(in json: JSON?, environment: [String: String], flags: [String: String]) -> [String] {
        var names: Set<String> = []
        let section = path.split(separator: ".").reduce(json) { $0?[String($1)] }
        if case .object(let members)? = section { names.formUnion(members.map(\.name)) }
        // Kubernetes makes variables such as HEIRLOOM_WEBHOOKS_PORT_80_TCP for a service with the name of a section.
        for variable in environment.keys {
            guard let name = name(in: variable, after: environmentPrefix, before: "_"), NamedSection.isName(name),
                keys(name).contains(where: { $0.environmentName == variable })
            else { continue }
            names.insert(name)
        }
        names.formUnion(flags.keys.compactMap { name(in: $0, after: path + ".", before: ".") })
        return names.filter(NamedSection.isName).sorted()
    }

    /// The key that a flag sets; nil if it is no flag of such a section.
    static func key(ofFlag flag: String) -> (any ConfigurationKeyProtocol)? {
        for section in all {
            guard let name = section.name(in: flag, after: section.flagPrefix, before: "-"), isName(name) else {
                continue
            }
            return section.keys(name).first { $0.flagName == flag }
        }
        return nil
    }

    /// Providers and webhooks have the same names.
    private static func isName(_ text: String) -> Bool { ProviderID(text) != nil && WebhookName(text) != nil }

    private var environmentPrefix: String {
        "HEIRLOOM_" + path.split(separator: ".").map { $0.uppercased() + "_" }.joined()
    }

    private var flagPrefix: String { "--" + path.split(separator: ".").map { $0 + "-" }.joined() }

    /// A name has no separator, so it is the first word of the rest.
    private func name(in text: String, after prefix: String, before separator: Character) -> String? {
        guard text.hasPrefix(prefix) else { return nil }
        let rest = text.dropFirst(prefix.count)
        return rest.firstIndex(of: separator).map { rest[..<$0].lowercased() }
    }
}
