import HTTPTypes

/// The content codings that a client accepts: `Accept-Encoding` (RFC 9110 §12.5.3).
struct AcceptedEncodings: Sendable {
    /// Whether the client accepts `gzip`. Nothing but `identity` is sent to one that does not say.
    private(set) var hasGzip = false

    init(_ fields: HeaderFields) {
        var isNamed = false
        for member in fields[values: .acceptEncoding].flatMap({ $0.utf8.split(separator: UInt8(ascii: ",")) }) {
            let parts = member.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
                .map { $0.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }.map { $0 | 0x20 } }
            let isAccepted = !parts.dropFirst().contains(where: AcceptedEncodings.isZeroWeight)
            // The coding's own name precedes the asterisk, wherever they are.
            if ["gzip", "x-gzip"].contains(where: { parts[0].elementsEqual($0.utf8) }) {
                (isNamed, hasGzip) = (true, isAccepted)
            } else if parts[0].elementsEqual("*".utf8), !isNamed {
                hasGzip = isAccepted
            }
        }
    }

    /// Whether a parameter is `q=0`, with any number of decimals.
    private static func isZeroWeight(_ parameter: [UInt8]) -> Bool {
        parameter.starts(with: "q=0".utf8)
            && parameter.dropFirst(2).allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
    }
}
