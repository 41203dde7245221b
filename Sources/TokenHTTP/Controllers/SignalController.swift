import Hummingbird
import StrictCoding
import TokenCore
import TokenSigning

/// `POST /v1/signals`: the revocation feed as standard security events, by poll (RFC 8936), for confidential clients that are not
/// built for Heirloom.
struct SignalController: Sendable {
    let delivery: SecurityEventDelivery
    let issuer: SecurityEventIssuer
    let feed: RevocationFeed
    let clients: ClientAuthentication
    let clock: Clock

    private static let largestPage = 100
    private static let wait = Duration.seconds(30)

    func poll(_ exchange: Exchange) async throws -> Response {
        let client = try await clients.confidentialClient(of: exchange)
        let body = try await exchange.json()
        let limit = min(try body.integer("maxEvents") ?? SignalController.largestPage, SignalController.largestPage)
        guard limit >= 0 else { throw Problem(.invalidRequest, "\"maxEvents\" is negative.") }
        let acknowledged = try body.acknowledged()
        let isImpatient = try body.boolean("returnImmediately") ?? false

        if !isImpatient { try feed.admit() }
        defer { if !isImpatient { feed.dismiss() } }
        let (entries, isMore) = try await feed.lettingGo {
            try await delivery.poll(
                client.id, acknowledging: acknowledged, limit: limit,
                waiting: isImpatient ? .zero : SignalController.wait)
        }
        let now = clock()
        let events = try entries.map { entry in
            (id: SecurityEventIssuer.id(of: entry), token: try issuer.issue(entry, for: client.id, at: now))
        }
        return .json { json in
            json.member("sets", object: { json in for event in events { json.member(named: event.id, event.token) } })
            if isMore { json.member("moreAvailable", true) }
        }
    }
}

extension JSONMembers {
    /// What a receiver has dealt with, and what it could not: neither is sent again (RFC 8936 §2.4).
    fileprivate func acknowledged() throws -> [Int] {
        var ids: [String] = []
        if let value = members["ack"] {
            guard let strings = value.strings else {
                throw Problem(.invalidRequest, "\"ack\" is \(value.kind); an array of strings is expected.")
            }
            ids += strings
        }
        if let value = members["setErrs"] {
            guard case .object(let errors) = value else {
                throw Problem(.invalidRequest, "\"setErrs\" is \(value.kind); an object is expected.")
            }
            ids += errors.keys
        }
        return ids.compactMap { SecurityEventIssuer.sequence(of: $0) }
    }
}
