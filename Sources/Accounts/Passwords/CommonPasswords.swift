/// The most frequent passwords of published leaks, those of eight or more characters, in lower case.
enum CommonPasswords {
    private static let list = Set(
        String(decoding: PackageResources.common_passwords_txt, as: UTF8.self).split(separator: "\n"))

    static func contains(_ password: String) -> Bool { list.contains(Substring(password)) }
}
