import TokenCore
import TokenHTTP

/// The forms of a person who is signed in.
struct OwnerForm: Sendable {
    let authentication: Authentication

    /// Performs what a form asks for, as the session of the request's cookies. If that session is not live, leads to
    /// the login.
    func perform(
        _ exchange: Exchange, _ act: (_ own: Session, _ form: FormFields) async throws -> Response
    ) async throws -> Response {
        let form = try await exchange.form()
        let authenticator = authentication.sessions
        guard let cookies = try await authenticator.checkedCookies(of: exchange, csrfToken: form["csrf"]) else {
            return .seeOther(FlashMessage.over.at("/login"))
        }
        do {
            return try await act(try await authenticator.liveSession(of: cookies), form)
        } catch AuthenticationFailure.refused(.proof) {
            // The access cookie ran out. The page's script refreshes it, and then the form works.
            return .seeOther("/account")
        } catch is AuthenticationFailure {
            return OwnerForm.signedOut(.over)
        }
    }

    static func signedOut(_ notice: FlashMessage) -> Response { .seeOther(notice.at("/login")).clearingCookies() }
}
