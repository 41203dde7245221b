import Accounts
import SessionEngine
import TokenCore
import TokenHTTP

/// What follows a login on a page: a redirect that sets the cookies.
struct LoginRedirect: Sendable {
    let delivery: TokenDelivery
    let authentication: Authentication
    let sessions: SessionService
    let receipts: LoginReceipts

    /// The field of the query that holds a receipt.
    static let receiptField = "receipt"

    /// A redirect to `path`. A browser that may keep no cookies goes to the login page first, with the receipt of its
    /// login.
    ///
    /// The new cookies replace those of the browser's old session, which nobody can use any more. It is ended.
    ///
    /// - Parameter time: the transaction's time.
    func response(
        to path: String, for session: Session, refresh: RefreshToken, at time: Timestamp, of exchange: Exchange
    ) async throws -> Response {
        if let cookies = try? authentication.sessions.cookies(of: exchange),
            let old = try await authentication.sessions.session(namedBy: cookies), old != session.id
        {
            _ = try await sessions.end(old, by: .tokenHolder, reason: .logout, address: exchange.address.text)
        }
        let place =
            authentication.browser.mayKeepNoCookies(exchange.request)
            ? "/login?\(LoginRedirect.receiptField)=\(receipts.receipt(of: session.id))" : path
        return try delivery.redirect(to: place, for: session, refresh: refresh, at: time)
    }
}
