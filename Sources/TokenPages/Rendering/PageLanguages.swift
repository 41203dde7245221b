import Hummingbird
import TokenHTTP

/// The pages in every language.
struct PageLanguages: Sendable {
    /// The language for browsers that accept none of the others, and of the console.
    static let english: any Texts = English()

    private static let texts: [any Texts] = [english, German()]

    private let renderers: [PageRenderer]
    private let languages: [String]

    /// - Throws: an error when a template does not parse.
    init(_ branding: Branding) throws {
        renderers = try PageLanguages.texts.map { try PageRenderer(branding, text: $0) }
        languages = PageLanguages.texts.map(\.language)
    }

    /// The pages in the language that a request prefers.
    func renderer(for request: Request) -> PageRenderer {
        let preferred = AcceptedLanguages(request.headers).preferred(among: languages)
        return renderers.first { $0.text.language == preferred } ?? renderers[0]
    }

    /// The pages in the language that a request prefers.
    func renderer(for exchange: Exchange) -> PageRenderer { renderer(for: exchange.request) }
}
