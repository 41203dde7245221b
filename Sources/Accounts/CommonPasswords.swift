/// Passwords that are tried first: those of eight or more characters among the most frequent of published leaks, lower case.
enum CommonPasswords {
    private static let list = Set(
        String(decoding: PackageResources.common_passwords_txt, as: UTF8.self).split(separator: "\n"))

    static func contains(_ password: String) -> Bool { list.contains(Substring(password)) }
}
