import Accounts
import HTTPTypes
package import SessionEngine
import StrictCoding
import TokenCore

/// Who may use the console: somebody who came by a one-time link, or showed the admin token.
package struct ConsoleGate: Sendable {
    private static let cookie = "heirloom-console"
    private static let attributes = "Path=/console; HttpOnly; SameSite=Strict"

    private let token: AdminToken
    private let links: ConsoleLinks
    private let service: SessionService
    private let sessions = ConsoleSessions()
    /// Failed attempts by address.
    private let attempts = AttemptLimiter<String>(limit: 10, windowSeconds: 300, capacity: 4096)

    /// - Parameters:
    ///   - token: the admin token.
    ///   - service: remembers the links that were used.
    package init(token: AdminToken, links: ConsoleLinks, service: SessionService) {
        self.token = token
        self.links = links
        self.service = service
    }

    package enum Entry: Sendable {
        /// With the `Set-Cookie` value.
        case entered(cookie: String)
        /// The link was used before.
        case usedBefore
        /// It is neither a valid link's token nor the admin token.
        case refused
        /// The seconds until the next attempt may be made.
        case throttled(Int)
    }

    /// Signs in.
    ///
    /// - Parameter credential: the token of a link, or the admin token.
    /// - Throws: ``AuthenticationFailure/otherOrigin`` or ``TokenCore/Unavailable``.
    package func enter(_ credential: String, _ exchange: Exchange) async throws -> Entry {
        try checkOrigin(of: exchange.request)
        let (now, address) = (service.clock(), exchange.address.text)
        if let seconds = attempts.take(address, at: now) { return .throttled(seconds) }
        let link = links.use(of: credential, at: now)
        guard link != nil || token.matches(credential) else { return .refused }
        let outcome: EnterConsole.Outcome
        do {
            outcome = try await Administrator.$current.withValue(.console(at: address)) {
                try await service.enterConsole(by: link, address: address)
            }
        } catch {
            // The credential was right.
            attempts.refund(address, at: now)
            throw error
        }
        guard outcome == .entered else { return .usedBefore }
        attempts.refund(address, at: now)
        return .entered(
            cookie: "\(ConsoleGate.cookie)=\(sessions.open(at: now).id); \(ConsoleGate.attributes)")
    }

    /// The session of the request's cookie; nil for a visitor who is not signed in, and for a cookie that appears more
    /// than once.
    ///
    /// - Parameter isUse: false for a request that the browser makes by itself, which keeps nobody signed in.
    package func session(of exchange: Exchange, isUse: Bool = true) -> ConsoleSession? {
        let values = exchange.request.cookieValues(named: ConsoleGate.cookie)
        guard values.count == 1 else { return nil }
        return sessions.session(values[0], at: service.clock(), isUse: isUse)
    }

    /// The fields of a form that changes something.
    ///
    /// - Throws: ``AuthenticationFailure/otherOrigin`` or ``AuthenticationFailure/invalidCSRFToken``.
    package func form(of exchange: Exchange, in session: ConsoleSession) async throws -> FormFields {
        try checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        guard (form["csrf"] ?? "").equalsInConstantTime(session.csrf) else {
            throw AuthenticationFailure.invalidCSRFToken
        }
        return form
    }

    /// Signs out.
    ///
    /// - Returns: the `Set-Cookie` value that deletes the cookie.
    package func leave(_ session: ConsoleSession) -> String {
        sessions.close(session)
        return "\(ConsoleGate.cookie)=; Max-Age=0; \(ConsoleGate.attributes)"
    }

    /// A browser says `same-origin` for a form of the console, over TLS or on loopback. No script can change it.
    private func checkOrigin(of request: Request) throws(AuthenticationFailure) {
        guard request.headers[values: .secFetchSite] == ["same-origin"] else { throw .otherOrigin }
    }
}
