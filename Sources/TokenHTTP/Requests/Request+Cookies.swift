import HTTPTypes

extension Request {
    /// The values of a cookie, in visible ASCII. The header is read as bytes: only an ASCII semicolon separates
    /// cookies.
    func cookieValues(named name: String) -> [String] {
        headers[values: .cookie].flatMap { header in
            header.utf8.split(separator: UInt8(ascii: ";")).compactMap { pair -> String? in
                let pair = pair.trimmingSpaces()
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")), pair[..<equals].elementsEqual(name.utf8)
                else { return nil }
                let value = String(Substring(pair[pair.index(after: equals)...]))
                return value.isVisibleASCII ? value : nil
            }
        }
    }
}
