import TokenCore

/// The client that a request names, and how the request proves it. Not checked yet.
struct ClientCredential: Sendable {
    let client: ClientID
    let proof: Proof

    enum Proof: Sendable {
        case secret(String)
        case assertion(String)
        /// Nothing, as for a public client.
        case absent
    }
}
