import Accounts
import SessionEngine
import TokenCore

/// Admits requests with the admin token.
struct AdminGate: Sendable {
    let token: AdminToken

    /// A handler that checks the token before it calls `handler`.
    func guarding(_ handler: @escaping RouteTable.Handler) -> RouteTable.Handler {
        { exchange in
            guard let presented = try exchange.request.bearerToken() else {
                throw AuthenticationFailure.missingAdminToken
            }
            guard token.matches(presented) else { throw AuthenticationFailure.invalidAdminToken }
            return try await Administrator.$current.withValue(.adminToken(at: exchange.address.text)) {
                try await handler(exchange)
            }
        }
    }
}
