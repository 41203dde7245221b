import Foundation
import Synchronization

/// The `Date` of answers (RFC 9110 §6.6.1), made once a second.
final class DateHeader: Sendable {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private let last = Mutex<(second: time_t, text: String)>((-1, ""))

    /// The date now.
    var text: String {
        let now = time(nil)
        return last.withLock { last in
            if last.second != now { last = (now, DateHeader.text(now)) }
            return last.text
        }
    }

    /// IMF-fixdate (RFC 9110 §5.6.7).
    ///
    /// - Parameter second: Unix seconds.
    static func text(_ second: time_t) -> String {
        var (second, parts) = (second, tm())
        gmtime_r(&second, &parts)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(padded).joined(separator: ":")
        return "\(days[Int(parts.tm_wday)]), \(padded(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(1900 + parts.tm_year) \(time) GMT"
    }
}
