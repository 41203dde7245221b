import Hummingbird

/// Lets in whoever brings the admin token, and nobody else.
struct AdminGate: Sendable {
    let token: AdminToken

    /// `handler`, behind the gate.
    func guarding(_ handler: @escaping RouteTable.Handler) -> RouteTable.Handler {
        { exchange in
            try check(exchange.request)
            return try await handler(exchange)
        }
    }

    private func check(_ request: Request) throws {
        guard let presented = try request.bearerToken() else {
            var problem = Problem.missingCredential
            problem.detail = "This needs the admin token: Authorization: Bearer …"
            throw problem
        }
        guard token.matches(presented) else {
            throw Problem(.invalidToken, "This is not the admin token.", action: .fix)
        }
    }
}
