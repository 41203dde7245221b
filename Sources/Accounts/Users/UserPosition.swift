package import TokenCore

/// A position in the list of users: those with a name come first, in the order of their names, then those without one,
/// in the order of their ids.
package enum UserPosition: Sendable {
    /// Behind the user with this ``TokenCore/SubjectRecord/Account/usernameKey``.
    case name(String)
    /// Behind the user with this id, who has no name.
    case id(SubjectID)

    /// The position behind a user.
    package init(behind user: SubjectRecord) {
        self = user.account?.usernameKey.map { .name($0) } ?? .id(user.id)
    }
}
