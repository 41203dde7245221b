import CPostgres
import Foundation

extension PostgresConnection {
    /// Hands over what is to be sent, taking in meanwhile what comes back.
    func flush(until deadline: ContinuousClock.Instant) throws {
        while true {
            switch PQflush(handle) {
            case 0: return
            case 1:
                try wait(for: POLLIN | POLLOUT, until: deadline)
                guard PQconsumeInput(handle) == 1 else { throw broken() }
            default: throw broken()
            }
        }
    }

    /// The next result, when it is there.
    func nextResult(until deadline: ContinuousClock.Instant) throws -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try wait(for: POLLIN, until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw broken() }
        }
        return PQgetResult(handle)
    }

    /// Waits for notifications.
    ///
    /// - Returns: whether any came.
    func awaitNotification(within time: Duration) throws -> Bool {
        let deadline = ContinuousClock.now + time
        var hasNews = false
        repeat {
            while let notification = PQnotifies(handle) {
                PQfreemem(notification)
                hasNews = true
            }
            if hasNews { return true }
            guard try isReady(for: POLLIN, until: deadline) else { return false }
            guard PQconsumeInput(handle) == 1 else { throw broken() }
        } while true
    }

    /// Marks the connection as of no more use.
    func broken(_ reason: String? = nil) -> PostgresFailure {
        isBroken = true
        return .lost(reason ?? (message.isEmpty ? "it answered out of turn" : message))
    }

    /// What went wrong by this result; nil when nothing did.
    static func failure(in result: OpaquePointer, of target: PostgresTarget) -> PostgresFailure? {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return nil
        case PGRES_PIPELINE_ABORTED: return .refused(code: "25P02", message: "a statement before this one failed")
        default:
            let message = target.redacted(
                (PQresultErrorField(result, messageField) ?? PQresultErrorMessage(result))
                    .map { String(cString: $0) } ?? "")
            guard let code = PQresultErrorField(result, codeField) else { return .lost(message) }
            return .refused(code: String(cString: code), message: message)
        }
    }

    /// Whether all that was asked has been answered, or never will be. Waits for nothing.
    func hasSettled() -> Bool {
        guard PQconsumeInput(handle) == 1 else { return true }
        var isBetweenResults = false
        while PQisBusy(handle) == 0 {
            guard let result = PQgetResult(handle) else {
                // One null ends the results of a statement, a second one says that there is nothing more.
                if isBetweenResults { return true }
                isBetweenResults = true
                continue
            }
            isBetweenResults = false
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return true }
        }
        return PQstatus(handle) != CONNECTION_OK
    }

    private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws {
        guard try isReady(for: events, until: deadline) else {
            isSilent = true
            throw broken("the server does not answer")
        }
    }

    private func isReady(for events: Int32, until deadline: ContinuousClock.Instant) throws -> Bool {
        while true {
            let left = max(.zero, deadline - .now)
            var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            // Rounded up, so that the deadline is over when the time is.
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
            let count = Foundation.poll(&poll, 1, left == .zero ? 0 : Int32(clamping: milliseconds))
            if count > 0 { return true }
            if count < 0, errno != EINTR { throw broken(String(cString: strerror(errno))) }
            if count == 0, ContinuousClock.now >= deadline { return false }
        }
    }
}
