#if canImport(FoundationNetworking)
    import Foundation
    public import FoundationNetworking
#else
    public import Foundation
#endif

extension HeirloomClient {
    /// Returns an access token that is valid for some time yet. The client refreshes it when it is due; calls at the
    /// same time share one refresh. While the service cannot be reached, a token is returned until it expires.
    ///
    /// The token of a bound session is of no use without a proof: use ``authorize(_:)`` or ``send(_:)``.
    ///
    /// - Throws: ``HeirloomClientError``: `notSignedIn` or `signedOut` if there is no session any more; `unreachable`,
    ///   `refused` or `store` if there is one, but no token.
    public func accessToken() async throws(HeirloomClientError) -> String { try await credential().token }

    /// Adds the access token to a request, with a proof if the session is bound (RFC 6750; RFC 9449). The URL and the
    /// method must not be changed afterwards, and a proof serves one request only.
    ///
    /// - Throws: ``HeirloomClientError``, as ``accessToken()``.
    public func authorize(_ request: inout URLRequest) async throws(HeirloomClientError) {
        set(try await credential(), on: &request)
    }

    /// Authorizes a request again that an API has answered with 401: with the nonce that the API demands, or with a
    /// new access token. Call it once for a request.
    ///
    /// - Returns: whether the request can be sent again.
    /// - Throws: ``HeirloomClientError``, as ``accessToken()``.
    public func reauthorize(
        _ request: inout URLRequest, after response: HTTPURLResponse
    ) async throws(HeirloomClientError) -> Bool {
        guard response.statusCode == 401, let used = request.value(forHTTPHeaderField: "Authorization"),
            let space = used.utf8.firstIndex(of: UInt8(ascii: " "))
        else { return false }
        let names = ["DPoP-Nonce", "Date", "WWW-Authenticate"]
        let headers = names.compactMap { name in
            response.value(forHTTPHeaderField: name).map { HeaderField(name, $0) }
        }
        let answer = ClientAnswer(status: 401, headers: headers, body: [])
        let mustOnlyProve = core.learn(from: answer, to: Self.target(of: request.url), at: clock.now())
        let token = String(used[used.index(after: space)...])
        set(try await credential(replacing: mustOnlyProve ? nil : token), on: &request)
        return true
    }

    /// Sends a request with the access token, and again with another token or proof if the answer is 401.
    ///
    /// - Parameter request: a request to an API, without the fields `Authorization` and `DPoP`.
    /// - Returns: the answer of the API, whatever its status.
    /// - Throws: ``HeirloomClientError``, as ``accessToken()``; ``TransportFailure`` if there is no answer, or if its
    ///   body has more than ``ClientAnswer/maximumBodyBytes``.
    public func send(_ request: ClientRequest) async throws -> ClientAnswer {
        let url = Self.target(of: URL(string: request.url))
        var access = try await credential()
        var hasNewProof = false
        var hasNewToken = false
        while true {
            let fields = core.authorization(access, method: request.method, url: url, at: clock.now())
            let answer = try await transport.send(
                ClientRequest(
                    method: request.method, url: request.url, headers: request.headers + fields, body: request.body))
            let canProve = core.learn(from: answer, to: url, at: clock.now())
            guard answer.status == 401 else { return answer }
            if canProve, !hasNewProof {
                hasNewProof = true
            } else if !hasNewToken {
                hasNewToken = true
                access = try await credential(replacing: access.token)
            } else {
                return answer
            }
        }
    }

    private func set(_ access: AccessCredential, on request: inout URLRequest) {
        request.setValue(nil, forHTTPHeaderField: "DPoP")
        let fields = core.authorization(
            access, method: request.httpMethod ?? "GET", url: Self.target(of: request.url), at: clock.now())
        for field in fields { request.setValue(field.value, forHTTPHeaderField: field.name) }
    }

    /// The URL of a request without user, query and fragment (RFC 9449 §4.2).
    private static func target(of url: URL?) -> String {
        guard let url, var parts = URLComponents(url: url, resolvingAgainstBaseURL: true) else { return "" }
        parts.user = nil
        parts.password = nil
        parts.percentEncodedQuery = nil
        parts.fragment = nil
        return parts.string ?? ""
    }
}
