import TokenCore

/// Who a request says it comes from, and what it shows for it.
struct ClientCredential: Sendable {
    let client: ClientID
    let shown: Shown

    enum Shown: Sendable {
        case secret(String)
        case assertion(String)
        /// Nothing: a public client.
        case name
    }
}
