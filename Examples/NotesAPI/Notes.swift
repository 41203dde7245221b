/// The notes of all users, by subject.
actor Notes {
    private var notes: [String: [String]] = [:]

    func add(_ note: String, of subject: String) { notes[subject, default: []].append(note) }

    func list(of subject: String) -> [String] { notes[subject] ?? [] }
}
