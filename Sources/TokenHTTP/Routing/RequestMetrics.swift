import CoreMetrics
import HTTPTypes
import Synchronization

/// Counts requests, and measures how long they take, by route. All unknown paths share one label, and so do all unusual
/// methods: what callers make up must not become a label.
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

    /// Made when they are first needed: at most one for each route, method and status.
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
