/// An HTTP URI without query and fragment, as `htu` names it (RFC 9449 §4.3). Two are equal after the normalization of
/// RFC 3986 §6.2.2 and §6.2.3. There is no other equivalence: a slash more, at the end or within, is another URI.
package struct ProofURI: Sendable, Equatable {
    /// The normalized URI, in ASCII.
    package let bytes: [UInt8]

    /// Reads an absolute URI.
    ///
    /// - Returns: nil for another scheme, a user, an invalid authority or percent-encoding, and a byte outside the
    ///   visible ASCII characters.
    package init?(_ text: String) {
        let text = text.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard text.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let parts = text.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty else { return nil }
        let scheme = parts[0].map(ProofURI.lowercased)
        let defaultPort: Int
        switch String(decoding: scheme, as: UTF8.self) {
        case "http:": defaultPort = 80
        case "https:": defaultPort = 443
        default: return nil
        }
        guard let authority = ProofURI.authority(Array(parts[2]), defaultPort: defaultPort),
            let path = ProofURI.unescape(parts.count == 4 ? Array(parts[3]) : [])
        else { return nil }
        bytes = scheme + Array("//".utf8) + authority + ProofURI.withoutDotSegments(path)
    }

    /// The URI of a path below a base URL without query and fragment, which may end with a slash.
    ///
    /// - Parameter path: begins with a slash; a query is ignored.
    package init?(base: String, path: String) {
        let isPlain = base.utf8.allSatisfy { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard isPlain, path.utf8.first == UInt8(ascii: "/") else { return nil }
        let isClosed = base.utf8.last == UInt8(ascii: "/")
        self.init(String(decoding: base.utf8.dropLast(isClosed ? 1 : 0), as: UTF8.self) + path)
    }

    /// Reads a host and an optional port (RFC 3986 §3.2); nil for a user, and for what is not valid.
    private static func authority(_ text: [UInt8], defaultPort: Int) -> [UInt8]? {
        let host: [UInt8]
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            host = Array(text[...end])
            guard host.dropFirst().dropLast().allSatisfy({ isHexDigit($0) || $0 == 0x3A || $0 == 0x2E }) else {
                return nil
            }
        } else {
            host = Array(text.prefix { $0 != UInt8(ascii: ":") })
            guard host.allSatisfy({ isUnreserved($0) || "%!$&'()*+,;=".utf8.contains($0) }) else { return nil }
        }
        guard !host.isEmpty, let plain = unescape(host) else { return nil }
        let rest = text.dropFirst(host.count)
        guard let colon = rest.first else { return lowercasedOutsideEscapes(plain) }
        let digits = rest.dropFirst()
        guard colon == UInt8(ascii: ":"), digits.count <= 5, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        let port = digits.reduce(0) { $0 * 10 + Int($1 & 0xF) }
        guard port <= 65_535 else { return nil }
        let suffix = digits.isEmpty || port == defaultPort ? [] : Array(":\(port)".utf8)
        return lowercasedOutsideEscapes(plain) + suffix
    }

    /// Decodes percent-encoded unreserved characters, and writes other escapes in upper case (RFC 3986 §6.2.2).
    private static func unescape(_ text: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                output.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(), isHexDigit(high), isHexDigit(low) else {
                return nil
            }
            let value = hexValue(high) << 4 | hexValue(low)
            if isUnreserved(value) {
                output.append(value)
            } else {
                output += [byte, uppercased(high), uppercased(low)]
            }
        }
        return output
    }

    /// Removes the segments `.` and `..` of a path without its first slash (RFC 3986 §5.2.4).
    private static func withoutDotSegments(_ path: [UInt8]) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isDot = segment.elementsEqual(".".utf8)
            let isDoubleDot = segment.elementsEqual("..".utf8)
            if isDoubleDot { _ = kept.popLast() }
            if !isDot && !isDoubleDot { kept.append(segment) }
            // `/a/.` is `/a/`.
            if isDot || isDoubleDot, index == segments.count - 1 { kept.append([]) }
        }
        return kept.flatMap { [UInt8(ascii: "/")] + $0 }
    }

    private static func lowercasedOutsideEscapes(_ text: [UInt8]) -> [UInt8] {
        var escaped = 0
        return text.map { byte in
            if byte == UInt8(ascii: "%") { escaped = 3 }
            defer { escaped = max(escaped - 1, 0) }
            return escaped > 0 ? byte : lowercased(byte)
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func hexValue(_ digit: UInt8) -> UInt8 { digit <= 0x39 ? digit & 0xF : (digit & 0xF) + 9 }

    private static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    private static func uppercased(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte & 0xDF : byte }
}
