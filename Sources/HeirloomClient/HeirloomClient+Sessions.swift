import StrictCoding

extension HeirloomClient {
    /// The most pages of the list that are read.
    private static let pageLimit = 100

    /// Ends all sessions of the subject, on all devices, and removes this one from the store.
    ///
    /// - Returns: how many sessions were ended.
    /// - Throws: ``HeirloomClientError``: `signedOut` if this session had ended already, `unreachable` without an
    ///   answer.
    @discardableResult
    public func logoutAll() async throws(HeirloomClientError) -> Int {
        let id = try await session()?.id
        let answer = try await ask("POST", "/v1/logout-all")
        guard let json = try? JSONReader.read(answer.body, maximumDepth: 4),
            let count = json["revoked_sessions"]?.integer, count >= 0
        else { throw .unreachable(retryAfter: nil) }
        _ = try await perform(.forget(sessionID: id, .loggedOutEverywhere))
        return count
    }

    /// Returns all live sessions of the subject: this one first, then the newest, at most a hundred pages.
    ///
    /// - Throws: ``HeirloomClientError``: `signedOut` if this session has ended, `unreachable` without an answer.
    public func sessions() async throws(HeirloomClientError) -> [DeviceSession] {
        var sessions: [DeviceSession] = []
        var start = ""
        for _ in 0..<Self.pageLimit {
            let answer = try await ask("GET", "/v1/sessions" + start)
            guard let page = SessionPage(answer) else { throw .unreachable(retryAfter: nil) }
            sessions += page.sessions
            guard let next = page.next else { break }
            start = "?after=" + next
        }
        return sessions
    }

    /// Sends a request to the service itself with the access token.
    private func ask(_ method: String, _ path: String) async throws(HeirloomClientError) -> ClientAnswer {
        let base = core.settings.issuer
        let answer: ClientAnswer
        do {
            answer = try await send(ClientRequest(method: method, url: base + path, headers: [], body: nil))
        } catch {
            throw error as? HeirloomClientError ?? .unreachable(retryAfter: nil)
        }
        switch Verdict(answer) {
        case .done: return answer
        case .retry: throw .unreachable(retryAfter: answer.retryAfter)
        case .fix(let refusal), .refresh(let refusal), .login(let refusal): throw .refused(refusal)
        case .none: throw .unreachable(retryAfter: nil)
        }
    }
}
