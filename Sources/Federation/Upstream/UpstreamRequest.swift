/// A request of this service to a provider.
package struct UpstreamRequest: Sendable {
    /// What is asked of a provider. The raw value is the label of metrics.
    package enum Endpoint: String, Sendable, CaseIterable {
        case metadata
        case keys
        case token
        case userInfo = "userinfo"
    }

    package let provider: ProviderID
    package let endpoint: Endpoint
    package let url: String
    package var headers: [(name: String, value: String)] = []
    /// The form of a POST; nil for a GET.
    package var form: String?
    /// Certificates that are trusted beside those of the system.
    package var caFile: String?
    /// The longest time until the whole answer is there.
    package var timeout: Duration

    package init(
        _ endpoint: Endpoint, of provider: Provider, url: String, headers: [(name: String, value: String)] = [],
        form: String? = nil
    ) {
        self.provider = provider.id
        self.endpoint = endpoint
        self.url = url
        self.headers = headers
        self.form = form
        caFile = provider.caFile
        timeout = .seconds(endpoint == .token ? 10 : 5)
    }

    /// The longest accepted body, in bytes. Key sets may hold certificate chains.
    package var maximumBytes: Int { endpoint == .keys ? 262_144 : 65_536 }
}
