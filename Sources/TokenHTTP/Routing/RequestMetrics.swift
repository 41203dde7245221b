import CoreMetrics
import HTTPTypes
import Synchronization

/// Counts requests, and how long they took, by route. A path that is not known, and a method that is no usual one, are
/// one route: what callers make up must not become a label.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private struct Meters {
        let requests: Counter
        let duration: Timer

        init(_ key: Key) {
            let labels = [("route", key.route), ("method", key.method)]
            requests = Counter(
                label: "heirloom_http_requests_total", dimensions: labels + [("status", String(key.status))])
            duration = Timer(label: "heirloom_http_request_duration_seconds", dimensions: labels)
        }
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]

    /// Those that were needed so far: as many as there are routes, times the statuses they answer with.
    private let meters = Mutex<[Key: Meters]>([:])

    func record(_ method: HTTPRequest.Method, route: String, status: Int, in time: Duration) {
        let isUsual = RequestMetrics.methods.contains(method)
        let key = Key(route: route, method: isUsual ? method.rawValue : "other", status: status)
        let found = meters.withLock { meters in
            if let known = meters[key] { return known }
            let made = Meters(key)
            meters[key] = made
            return made
        }
        found.requests.increment()
        found.duration.recordNanoseconds(Int64(time / .nanoseconds(1)))
    }
}
