/// The keys of one webhook, below `webhooks.NAME`.
package struct WebhookKeys: Sendable {
    /// The path of the section that holds all webhooks.
    static let section = "webhooks"

    let url: ConfigurationKey<String>
    let secretFile: ConfigurationKey<String>
    let kinds: ConfigurationKey<[String]>

    /// The keys of a webhook.
    ///
    /// - Parameter name: the webhook's name.
    package init(_ name: String) {
        func key<Value>(
            _ member: String, _ format: ConfigurationFormat<Value>, _ value: Value
        ) -> ConfigurationKey<Value> {
            ConfigurationKey("\(WebhookKeys.section).\(name).\(member)", format, default: value)
        }
        url = key("url", .string, "")
        secretFile = key("secretFile", .string, "")
        kinds = key("kinds", .strings, [])
    }

    /// In the order of the reference.
    package var all: [any ConfigurationKeyProtocol] { [url, secretFile, kinds] }
}
