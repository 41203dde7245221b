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
            _ member: String, _ format: ConfigurationFormat<Value>, _ value: Value, meaning: String
        ) -> ConfigurationKey<Value> {
            ConfigurationKey("\(WebhookKeys.section).\(name).\(member)", format, default: value, meaning: meaning)
        }
        url = key(
            "url", .string, "",
            meaning: "Where events are sent: an `https` URL, or an `http` URL of this machine. Redirects are not "
                + "followed.")
        secretFile = key(
            "secretFile", .string, "",
            meaning: "The file of the secret: `whsec_` and the base64 of 24 to 64 bytes. A second line may hold the "
                + "next secret.")
        kinds = key(
            "kinds", .strings, [],
            meaning: "The [kinds of events](reference.md#events) that are sent. An empty array means all.")
    }

    /// In the order of the reference.
    package var all: [any ConfigurationKeyProtocol] { [url, secretFile, kinds] }
}
