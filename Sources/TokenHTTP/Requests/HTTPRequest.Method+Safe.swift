import HTTPTypes

extension HTTPRequest.Method {
    /// Whether the method asks for no change (RFC 9110 §9.2.1).
    var isSafe: Bool { self == .get || self == .head || self == .options }
}
