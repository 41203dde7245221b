import Foundation
import StrictCoding

/// A page of `GET /v1/sessions`.
struct SessionPage {
    let sessions: [DeviceSession]
    /// Where the next page begins; nil if this is the last one.
    let next: String?

    init?(_ answer: ClientAnswer) {
        guard answer.hasMediaType("application/json"), let json = try? JSONReader.read(answer.body, maximumDepth: 6),
            case .array(let elements) = json["sessions"]
        else { return nil }
        sessions = elements.compactMap(SessionPage.session)
        guard sessions.count == elements.count else { return nil }
        switch json["next"] {
        case nil, .null: next = nil
        case .string(let text) where (1...128).contains(text.utf8.count) && text.utf8.allSatisfy(isUnreserved):
            next = text
        default: return nil
        }
    }

    private static func session(_ json: JSON) -> DeviceSession? {
        guard let id = json["session_id"]?.ascii, let clientID = json["client_id"]?.string,
            let createdAt = date(json["created_at"]), let lastUsedAt = date(json["last_used_at"]),
            let expiresAt = date(json["expires_at"]), case .bool(let isCurrent) = json["current"]
        else { return nil }
        return DeviceSession(
            id: id, clientID: clientID, device: json["device"]?.string, address: json["address"]?.string,
            createdAt: createdAt, lastUsedAt: lastUsedAt, expiresAt: expiresAt, isCurrent: isCurrent)
    }

    /// RFC 3339, with or without a fraction of a second.
    private static func date(_ json: JSON?) -> Date? {
        guard let text = json?.ascii, text.utf8.count <= 40 else { return nil }
        return (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle()))
    }
}

private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        true
    default: false
    }
}
