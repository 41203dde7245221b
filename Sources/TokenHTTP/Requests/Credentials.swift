import HTTPTypes
import Hummingbird
import TokenCore
import TokenVerifier

/// Finds out which session a request acts as.
struct Credentials: Sendable {
    let sessions: SessionService
    let reader: AccessTokenReader

    /// What a request brought.
    enum Presented: Sendable {
        case accessToken(String)
        case refreshToken(String, client: ClientID?)
    }

    /// The one credential of a request; nil when it brought none.
    ///
    /// - Throws: `invalid_request` for two at once (RFC 6750 §2).
    func presented(in exchange: Exchange, body: JSONMembers? = nil) throws -> Presented? {
        let bearer = try bearerToken(of: exchange.request)
        let refresh = try body?.string("refresh_token")
        switch (bearer, refresh) {
        case (nil, nil): return nil
        case (let bearer?, nil): return .accessToken(bearer)
        case (nil, let refresh?):
            return .refreshToken(refresh, client: try body?.string("client_id").map { ClientID($0) })
        case (.some, .some):
            throw Problem(.invalidRequest, "Send an access token or a refresh token, not both.")
        }
    }

    /// The token of `Authorization: Bearer`; the scheme in any case (RFC 9110 §11.1), the query never (RFC 9700 §2.6).
    private func bearerToken(of request: Request) throws -> String? {
        let values = request.headers[values: .authorization]
        guard let value = values.first else { return nil }
        guard values.count == 1 else { throw Problem(.invalidRequest, "There are two Authorization headers.") }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].trimmingSpaces())
    }

    /// The live session that the request's access token belongs to, as the store has it now.
    func liveSession(of exchange: Exchange) async throws -> Family {
        guard case .accessToken(let token)? = try presented(in: exchange) else { throw Problem.missingCredential }
        switch try await sessions.look(up: try await sessionID(of: token)) {
        case .granted(let family): return family
        case .refused(let refusal, _): throw Problem(refusal)
        }
    }

    /// The session that an access token names.
    func sessionID(of accessToken: String, evenExpired: Bool = false) async throws -> SessionID {
        do {
            let token = try await reader.read(accessToken, at: sessions.clock(), evenExpired: evenExpired)
            guard let id = SessionID(token.sessionID) else { throw TokenRefusal.badClaims }
            return id
        } catch TokenRefusal.expired {
            throw Problem(.expiredToken, "The access token has expired. Refresh it.", action: .fix)
        } catch is TokenRefusal {
            throw Problem(.invalidToken, "The access token is not valid.")
        }
    }

    /// What a command is told of the caller.
    func credential(_ presented: Presented) async throws -> Credential {
        switch presented {
        case .accessToken(let token): return .session(try await sessionID(of: token))
        case .refreshToken(let text, let client):
            guard let token = sessions.parse(text) else {
                throw Problem(.invalidToken, "The refresh token is not one of this service's.")
            }
            return .refreshToken(token, client)
        }
    }
}
