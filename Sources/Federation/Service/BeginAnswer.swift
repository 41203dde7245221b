/// What a browser needs to go to a provider.
package struct BeginAnswer: Sendable {
    /// Where the browser goes.
    package let authorizationURL: String
    package let cookieName: String
    package let cookieValue: String
    /// The cookie's lifetime, in seconds.
    package let maxAgeSeconds: Int
}
