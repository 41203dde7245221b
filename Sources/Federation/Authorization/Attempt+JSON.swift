import StrictCoding
import TokenCore

/// The form of an attempt inside its cookie. The names are short, since browsers send the cookie with each request.
extension Attempt {
    private static let version = 1

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("v", Attempt.version)
            json.member("i", issuer)
            json.member("s", state)
            json.member("n", nonce)
            json.member("c", verifier)
            json.member("b", Int(createdAt.milliseconds))
            json.member("e", Int(expiresAt.milliseconds))
            if let returnTo { json.member("r", returnTo) }
            if let maxAgeSeconds { json.member("m", maxAgeSeconds) }
            switch purpose {
            case .signIn(let client, let scope, let isRemembered, let isFresh):
                json.member("p", "sign_in")
                json.member("a", client.value)
                if !scope.isEmpty { json.member("o", scope.description) }
                json.member("k", isRemembered)
                json.member("f", isFresh)
            case .link(let session):
                json.member("p", "link")
                json.member("d", session.description)
            }
        }
    }

    /// Reads the form of an attempt; nil for that of another version.
    init?(json bytes: [UInt8], provider: ProviderID) {
        guard let json = try? JSONReader.read(bytes, maximumDepth: 1), json["v"]?.integer == Attempt.version,
            let issuer = json["i"]?.string, let state = json["s"]?.string, let nonce = json["n"]?.string,
            let verifier = json["c"]?.string, let createdAt = json["b"]?.integer, let expiresAt = json["e"]?.integer,
            let purpose = Purpose(json)
        else { return nil }
        self.init(
            provider: provider, issuer: issuer, purpose: purpose, returnTo: json["r"]?.string,
            maxAgeSeconds: json["m"]?.integer, createdAt: Timestamp(milliseconds: Int64(createdAt)),
            expiresAt: Timestamp(milliseconds: Int64(expiresAt)), state: state, nonce: nonce, verifier: verifier)
    }
}

extension Attempt.Purpose {
    fileprivate init?(_ json: JSON) {
        switch json["p"]?.ascii {
        case "sign_in":
            guard let client = json["a"]?.string.flatMap({ ClientID(named: $0) }),
                let scope = Scope(json["o"]?.string ?? ""), case .bool(let isRemembered)? = json["k"],
                case .bool(let isFresh)? = json["f"]
            else { return nil }
            self = .signIn(client: client, scope: scope, isRemembered: isRemembered, isFresh: isFresh)
        case "link":
            guard let session = json["d"]?.string.flatMap({ SessionID($0) }) else { return nil }
            self = .link(session)
        default: return nil
        }
    }
}
