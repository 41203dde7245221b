import TokenHTTP

/// The pages of a listener in every language.
struct PageLanguages: Sendable {
    /// The language of problem documents.
    static let english: any Texts = English()

    /// The first is for browsers that accept none of the others.
    private static let all = [
        PageLanguage(text: english, console: ConsoleEnglish()),
        PageLanguage(text: German(), console: ConsoleGerman()),
    ]

    private let renderers: [PageRenderer]
    private let names: [String]

    init(_ branding: Branding, of site: PageSite) {
        renderers = PageLanguages.all.map { PageRenderer(branding, of: site, in: $0) }
        names = PageLanguages.all.map(\.text.language)
    }

    /// Parses every template of every language, which a process does when it shows a page that needs the template.
    ///
    /// - Throws: an error of a template.
    static func parseAll(_ branding: Branding) throws {
        for language in all {
            for site in PageSite.allCases { try PageRenderer.parseAll(branding, of: site, in: language) }
        }
    }

    /// The pages in the language that a request prefers.
    func renderer(for request: Request) -> PageRenderer {
        let preferred = AcceptedLanguages(request.headers).preferred(among: names)
        return renderers.first { $0.text.language == preferred } ?? renderers[0]
    }

    /// The pages in the language that a request prefers.
    func renderer(for exchange: Exchange) -> PageRenderer { renderer(for: exchange.request) }
}
