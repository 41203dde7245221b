package import TokenCore

extension SigningKeyID: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(value) }
}
