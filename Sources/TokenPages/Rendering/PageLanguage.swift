/// All that pages say in one language.
struct PageLanguage: Sendable {
    /// What the pages of both listeners say.
    let text: any Texts
    /// What the console says besides.
    let console: any ConsoleTexts
}
