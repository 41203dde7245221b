import Accounts
import TokenCore

extension Error {
    /// Whether nothing was changed because the service cannot do it now.
    var isTemporary: Bool { self is Unavailable || self is PasswordHasher.Busy }
}
