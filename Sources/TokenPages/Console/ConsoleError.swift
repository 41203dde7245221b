/// What a page of the console says when it has refused a form. The template reads the members by their names.
struct ConsoleError {
    let sentence: String
    /// What the part of the service that refused the form says, in English; nil where the sentence says as much.
    let cause: String?

    init(_ sentence: String, cause: String? = nil) {
        self.sentence = sentence
        self.cause = cause
    }
}
