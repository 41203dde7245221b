import Hummingbird
import TokenCore
import TokenHTTP

/// What follows a login on a page: a redirect that sets the cookies.
struct LoginRedirect: Sendable {
    let delivery: TokenDelivery
    let gate: BrowserGate
    let receipts: LoginReceipts

    /// The field of the query that holds a receipt.
    static let receiptField = "receipt"

    /// A redirect to `path`. A browser that may keep no cookies goes to the login page first, with the receipt of its
    /// login.
    ///
    /// - Parameter time: the transaction's time.
    func response(
        to path: String, for session: Session, refresh: RefreshToken, at time: Timestamp, of exchange: Exchange
    ) throws -> Response {
        let place =
            gate.mayKeepNoCookies(exchange.request)
            ? "/login?\(LoginRedirect.receiptField)=\(receipts.receipt(of: session.id))" : path
        return try delivery.redirect(to: place, for: session, refresh: refresh, at: time)
    }
}
