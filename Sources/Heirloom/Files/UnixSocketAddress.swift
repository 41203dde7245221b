import Foundation

/// The address of a Unix socket (unix(7)).
struct UnixSocketAddress {
    /// The lengths of a path in bytes. The kernel adds a null byte.
    static let lengths = 1...(MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1)

    private var address = sockaddr_un()
    private let length: socklen_t

    /// - Parameter path: of the socket's file; `@NAME` for an abstract socket if `allowsAbstract`.
    /// - Returns: nil when the path is empty or too long.
    init?(_ path: String, allowsAbstract: Bool = false) {
        var bytes = Array(path.utf8)
        guard UnixSocketAddress.lengths.contains(bytes.count) else { return nil }
        let isAbstract = allowsAbstract && bytes.first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let start = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 0
        // The length of an abstract name counts, and has no null byte.
        length = socklen_t(start + bytes.count + (isAbstract ? 0 : 1))
    }

    func withUnsafePointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        Swift.withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
