/// An access token as a request presents it, not checked yet.
package struct AccessCredential: Sendable {
    let token: String
    let scheme: Scheme

    package enum Scheme: Sendable { case bearer, dpop }
}
