import Foundation
import TokenCore

/// The clock of this machine, in whole milliseconds.
enum SystemClock {
    static let now: Clock = {
        Timestamp(milliseconds: Int64((Date.now.timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
