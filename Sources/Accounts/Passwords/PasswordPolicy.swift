/// Which passwords may be chosen (NIST SP 800-63B-4 §3.1.1.2): length and a list of common ones, no rules of
/// composition.
package struct PasswordPolicy: Sendable {
    /// In code points: what a person sees as one letter may be several.
    package var minimumLength: Int

    package init(minimumLength: Int = 8) { self.minimumLength = minimumLength }

    /// What is wrong with a password; nil when nothing is.
    package func objection(to password: Password, username: String) -> Objection? {
        let text = password.text
        if password.isTooLong || text.utf8.count > Password.maximumLength {
            return .tooLong(maximumBytes: Password.maximumLength)
        }
        if text.unicodeScalars.count < minimumLength {
            return .tooShort(minimumLength: minimumLength)
        }
        let folded = text.lowercased()
        if CommonPasswords.contains(folded) || folded == username.lowercased() || isMonotonous(folded) {
            return .tooCommon
        }
        return nil
    }

    /// One repeated character, or a run such as 12345678 or abcdefgh.
    private func isMonotonous(_ text: String) -> Bool {
        let values = text.unicodeScalars.map { Int($0.value) }
        let steps = Set(zip(values, values.dropFirst()).map { $1 - $0 })
        return steps.count <= 1 && (steps.first.map { abs($0) <= 1 } ?? true)
    }
}
