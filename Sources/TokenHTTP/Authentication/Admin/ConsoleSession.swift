/// Somebody who is signed in to the console.
package struct ConsoleSession: Sendable {
    /// The value of the cookie.
    package let id: String
    /// What every form of the console sends.
    package let csrf: String
}
