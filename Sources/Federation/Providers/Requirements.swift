package import StrictCoding

/// What the claims of a person must be: for each claim the allowed values, of which one must be there.
package struct Requirements: Sendable, Equatable {
    /// A claim that no provider issues: the part of `email` after the last `@`, in lower case.
    package static let emailDomain = "email_domain"

    /// A claim and its allowed values.
    package struct Requirement: Sendable, Equatable {
        package let claim: String
        package let values: [JSON]
    }

    /// Whether a person meets all requirements.
    package enum Verdict: Sendable, Equatable {
        case met
        /// A claim is absent. The provider may have it at its UserInfo endpoint.
        case missing
        /// A claim has none of the allowed values.
        case unmet
    }

    package let all: [Requirement]

    package static let none = Requirements(all: [])

    private init(all: [Requirement]) { self.all = all }

    /// Reads the member `require` of a provider: an object from claims to arrays of strings, booleans and integers.
    ///
    /// - Returns: nil for anything else.
    package init?(_ json: JSON) {
        guard case .object(let members) = json else { return nil }
        var all: [Requirement] = []
        for (claim, allowed) in members {
            guard case .array(let values) = allowed, !values.isEmpty, values.allSatisfy(Requirements.isScalar) else {
                return nil
            }
            all.append(Requirement(claim: claim, values: values))
        }
        self.all = all
    }

    /// The member `require` that has these requirements.
    package var json: JSON {
        var members = JSONObject()
        for requirement in all { _ = members.append(requirement.claim, .array(requirement.values)) }
        return .object(members)
    }

    private static func isScalar(_ value: JSON) -> Bool {
        switch value {
        case .string, .bool, .integer: true
        default: false
        }
    }

    /// Judges the claims of a person.
    package func judge(_ claims: JSON) -> Verdict {
        var isMissing = false
        for requirement in all {
            guard let value = Requirements.value(of: requirement.claim, in: claims) else {
                isMissing = true
                continue
            }
            guard requirement.isMet(by: value) else { return .unmet }
        }
        return isMissing ? .missing : .met
    }

    private static func value(of claim: String, in claims: JSON) -> JSON? {
        guard claim.isExactly(emailDomain) else { return claims[claim] == .null ? nil : claims[claim] }
        guard let address = claims["email"]?.ascii, let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else {
            return claims["email"] == nil ? nil : .null
        }
        return .string(address[address.utf8.index(after: at)...].lowercased())
    }
}

extension Requirements.Requirement {
    /// Whether a claim has an allowed value, or is an array that has one.
    fileprivate func isMet(by claim: JSON) -> Bool {
        if case .array(let elements) = claim { return elements.contains(where: allows) }
        return allows(claim)
    }

    /// Apple writes booleans as texts too.
    private func allows(_ value: JSON) -> Bool {
        values.contains { allowed in
            switch (allowed, value) {
            case (.bool(let bool), .string(let text)): text.isExactly(bool ? "true" : "false")
            default: allowed == value
            }
        }
    }
}
