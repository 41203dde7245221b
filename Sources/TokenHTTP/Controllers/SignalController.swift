import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore
import TokenSigning

/// `POST /v1/signals`: the revocation feed as security event tokens by poll (RFC 8936), for confidential clients with
/// the permission `feed` that use the standard format.
struct SignalController: Controller {
    let delivery: SecurityEventDelivery
    let issuer: SecurityEventIssuer
    let feed: RevocationFeed
    let clients: ClientAuthenticator
    let sessions: SessionService
    let clock: Clock

    private static let largestPage = 100
    private static let longestWait = Duration.seconds(30)

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/v1/signals", poll) }

    private func poll(_ exchange: Exchange) async throws -> Response {
        let client = try await clients.confidentialClient(of: exchange, permitted: .feed)
        let body = try await exchange.json()
        let limit = min(try body.integer("maxEvents") ?? SignalController.largestPage, SignalController.largestPage)
        guard limit >= 0 else { throw Problem(.invalidRequest, "\"maxEvents\" is negative.") }
        let acknowledged = try body.acknowledged()
        let waits = try body.boolean("returnImmediately") != true

        if waits { try feed.admit(client.id) }
        defer { if waits { feed.dismiss(client.id) } }
        let found = try await exchange.unlessClientLeaves {
            try await delivery.poll(
                client.id, acknowledging: acknowledged, limit: limit,
                waiting: waits ? SignalController.longestWait : .zero)
        }
        let (entries, isMore) = found ?? ([], false)
        let now = clock()
        // So many signatures would keep the event loop from its other connections.
        let events = try await withTaskExecutorPreference(globalConcurrentExecutor) {
            var events: [(id: String, token: String)] = []
            for entry in entries {
                let token = try issuer.issue(entry, newClaims: try await claims(of: entry), for: client.id, at: now)
                events.append((SecurityEventIssuer.id(of: entry), token))
            }
            return events
        }
        return .json { json in
            json.member("sets", object: { json in for event in events { json.member(named: event.id, event.token) } })
            if isMore { json.member("moreAvailable", true) }
        }
    }
}

extension SignalController {
    /// The claims that the subject of an entry about claims has now.
    private func claims(of entry: RevocationRecord) async throws -> Claims? {
        guard case .claims(let id, _) = entry.target else { return nil }
        return try await sessions.subject(id)?.claims
    }
}

extension JSONMembers {
    /// The sequence numbers of the events that the receiver has processed or could not process. Neither are sent again
    /// (RFC 8936 §2.4).
    fileprivate func acknowledged() throws -> [Int] {
        var ids: [String] = []
        if let value = members["ack"] {
            guard let strings = value.strings else {
                throw Problem(.invalidRequest, "\"ack\" is \(value.kind); expected an array of strings.")
            }
            ids += strings
        }
        if let value = members["setErrs"] {
            guard case .object(let errors) = value else {
                throw Problem(.invalidRequest, "\"setErrs\" is \(value.kind); expected an object.")
            }
            ids += errors.map(\.name)
        }
        return ids.compactMap { SecurityEventIssuer.sequence(of: $0) }
    }
}
