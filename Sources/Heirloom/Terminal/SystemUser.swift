import Foundation

/// The user of the operating system who runs a command.
enum SystemUser {
    /// The name of the user who has logged in, also after `su` or `sudo`, where the kernel knows it; else of the user
    /// that this process runs as. A number for a user without a name.
    static var name: String {
        let user = loginUser ?? geteuid()
        guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "\(user)" }
        return String(cString: name)
    }

    /// Linux keeps the user of a login in all of its processes. The greatest number means none.
    private static var loginUser: uid_t? {
        guard let text = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8), let user = uid_t(text),
            user != .max
        else { return nil }
        return user
    }
}
