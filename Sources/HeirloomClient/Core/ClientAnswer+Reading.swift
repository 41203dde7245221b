extension ClientAnswer {
    /// Whether the content has this media type, given in lower case. Parameters are ignored.
    func hasMediaType(_ type: String) -> Bool {
        guard let value = headers.only("content-type") else { return false }
        let found = value.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
        return found.count == type.utf8.count
            && zip(found, type.utf8).allSatisfy { $0 == $1 || ((0x41...0x5A).contains($0) && $0 | 0x20 == $1) }
    }

    /// The nonce for the next proof (RFC 9449 §8); nil if there is none that is valid.
    var nonce: String? {
        guard let text = headers.only("dpop-nonce"), (1...1024).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0) })
        else { return nil }
        return text
    }

    /// The seconds of `Retry-After`, at most an hour; nil if it is absent or a date.
    var retryAfter: Duration? {
        guard let text = headers.only("retry-after"), (1...9).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seconds = Int(text)
        else { return nil }
        return .seconds(min(seconds, 3600))
    }

    /// The server's wall clock, in Unix seconds, from `Date` (RFC 9110 §5.6.7); nil if it is absent or malformed.
    var date: Int? { headers.only("date").flatMap { HTTPDate.unixSeconds(Array($0.utf8)) } }
}
