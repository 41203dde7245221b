package import TokenCore

/// A name that is spelled like no user's and is equal to the names of several: they existed before names were folded.
package struct AmbiguousUsername: Error, CustomStringConvertible {
    package let users: [SubjectRecord]

    package var description: String {
        let names = users.map { "\"\($0.account?.username ?? "")\" (\($0.id))" }
        return "this name is the name of \(users.count) users: \(names.joined(separator: ", ")); use a subject id"
    }
}
