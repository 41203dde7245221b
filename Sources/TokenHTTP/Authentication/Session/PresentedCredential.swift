import TokenCore

/// The credential of a request, not checked yet.
enum PresentedCredential: Sendable {
    case accessToken(AccessCredential)
    /// With the client that the request names.
    case refreshToken(String, client: ClientID?)
    case cookies(BrowserCookies)

    var isCookies: Bool {
        if case .cookies = self { true } else { false }
    }
}
