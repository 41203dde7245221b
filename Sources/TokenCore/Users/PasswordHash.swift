/// A password as a PHC string (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`). Never printed.
package struct PasswordHash: Sendable, Equatable, CustomStringConvertible {
    package let phc: String

    package init(phc: String) { self.phc = phc }

    package var description: String { "PasswordHash(redacted)" }
}
