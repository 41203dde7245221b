import CPostgres
import Foundation

extension PostgresConnection {
    /// Sends what libpq has queued, and reads what the server sends meanwhile.
    func flush(until deadline: ContinuousClock.Instant) throws {
        while true {
            switch libpq.PQflush(handle) {
            case 0: return
            case 1:
                try wait(for: POLLIN | POLLOUT, until: deadline)
                guard libpq.PQconsumeInput(handle) == 1 else { throw broken() }
            default: throw broken()
            }
        }
    }

    /// Waits for the next result.
    func nextResult(until deadline: ContinuousClock.Instant) throws -> OpaquePointer? {
        while libpq.PQisBusy(handle) == 1 {
            try wait(for: POLLIN, until: deadline)
            guard libpq.PQconsumeInput(handle) == 1 else { throw broken() }
        }
        return libpq.PQgetResult(handle)
    }

    /// Waits for notifications.
    ///
    /// - Returns: whether any arrived in that time.
    /// - Throws: ``PostgresFailure``
    package func awaitNotification(within time: Duration) throws -> Bool {
        let deadline = ContinuousClock.now + time
        var hasArrived = false
        repeat {
            while let notification = libpq.PQnotifies(handle) {
                libpq.PQfreemem(notification)
                hasArrived = true
            }
            if hasArrived { return true }
            guard try isReady(for: POLLIN, until: deadline) else { return false }
            guard libpq.PQconsumeInput(handle) == 1 else { throw broken() }
        } while true
    }

    /// Marks the connection as broken, and returns the failure to throw.
    func broken(_ reason: String? = nil) -> PostgresFailure {
        isBroken = true
        return .lost(reason ?? (message.isEmpty ? "the server sent an unexpected result" : message))
    }

    /// The failure that a result reports; nil for a success.
    static func failure(in result: OpaquePointer, of target: PostgresTarget) -> PostgresFailure? {
        let libpq = target.library.functions
        switch libpq.PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return nil
        case PGRES_PIPELINE_ABORTED: return .refused(code: "25P02", message: "a statement before this one failed")
        default:
            let message = target.redacted(
                (libpq.PQresultErrorField(result, messageField) ?? libpq.PQresultErrorMessage(result))
                    .map { String(cString: $0) } ?? "")
            guard let code = libpq.PQresultErrorField(result, codeField) else { return .lost(message) }
            return .refused(code: String(cString: code), message: message)
        }
    }

    /// Whether every statement has been answered or the connection is lost. Does not wait.
    package func hasSettled() -> Bool {
        guard libpq.PQconsumeInput(handle) == 1 else { return true }
        var isBetweenResults = false
        while libpq.PQisBusy(handle) == 0 {
            guard let result = libpq.PQgetResult(handle) else {
                // One null follows the results of a statement. A second one means that there are no more results.
                if isBetweenResults { return true }
                isBetweenResults = true
                continue
            }
            isBetweenResults = false
            defer { libpq.PQclear(result) }
            if libpq.PQresultStatus(result) == PGRES_PIPELINE_SYNC { return true }
        }
        return libpq.PQstatus(handle) != CONNECTION_OK
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
            // Rounded up: otherwise the poll would end before the deadline.
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
            let count = Foundation.poll(&poll, 1, left == .zero ? 0 : Int32(clamping: milliseconds))
            if count > 0 { return true }
            if count < 0, errno != EINTR { throw broken(String(cString: strerror(errno))) }
            if count == 0, ContinuousClock.now >= deadline { return false }
        }
    }
}
