extension PasswordPolicy {
    /// What is wrong with a password.
    package enum Objection: Sendable, CustomStringConvertible {
        case tooLong(maximumBytes: Int)
        /// The length is in code points.
        case tooShort(minimumLength: Int)
        case tooCommon

        /// A sentence.
        package var description: String {
            switch self {
            case .tooLong(let maximum): "The password is longer than \(maximum) bytes."
            case .tooShort(let minimum): "The password is shorter than \(minimum) characters."
            case .tooCommon: "This password is too common. Choose another one."
            }
        }
    }
}
