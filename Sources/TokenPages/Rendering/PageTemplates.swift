import Mustache
import Synchronization

/// The templates of a listener's pages in one language.
///
/// A template is parsed when a page needs it first. Most processes show few pages, and a parsed template takes many
/// times the memory of its source.
final class PageTemplates: Sendable {
    private let branding: Branding
    private let site: PageSite
    private let language: PageLanguage
    private let library = Mutex(MustacheLibrary())

    /// Parses nothing.
    init(_ branding: Branding, of site: PageSite, in language: PageLanguage) {
        self.branding = branding
        self.site = site
        self.language = language
    }

    /// - Throws: an error of the template, or of one that it names.
    func render(_ object: Any, withTemplate name: String) throws -> String {
        let library = try parsed(name)
        guard let text = library.render(object, withTemplate: name) else { throw UnknownTemplate(name: name) }
        return text
    }

    /// The library with a template and all that it names.
    ///
    /// - Throws: an error of the template, or of one that it names.
    @discardableResult
    func parsed(_ name: String) throws -> MustacheLibrary {
        try library.withLock { library in
            if library.getTemplate(named: name) == nil {
                let values = try values()
                // A template becomes known after those that it names: what a failure leaves behind is complete.
                try parse(name, with: values, into: &library)
            }
            return library
        }
    }

    /// A name that no template has.
    struct UnknownTemplate: Error {
        let name: String
    }

    private func parse(_ name: String, with values: [String: String], into library: inout MustacheLibrary) throws {
        guard library.getTemplate(named: name) == nil else { return }
        guard let bytes = TemplateSources.source(named: name, hasLogo: branding.logo != nil) else {
            throw UnknownTemplate(name: name)
        }
        let source = try TemplateSources.filled(String(decoding: bytes, as: UTF8.self), with: values)
        for part in TemplateSources.parts(of: source) { try parse(part, with: values, into: &library) }
        library.register(try MustacheTemplate(string: HTMLText.pragma + source), named: name)
    }

    /// The values that no page changes, by the names that templates have for them.
    private func values() throws -> [String: String] {
        let names = [
            "site.name": TemplateSources.escaped(branding.name),
            "site.icon": site.root + (branding.logo == nil ? "/mark.svg" : PageAssets.logoPath),
            "site.iconType": branding.logo?.contentType ?? Logo.markType,
        ]
        // A text may name the site.
        let texts = try TemplateSources.values(of: language).mapValues { try TemplateSources.filled($0, with: names) }
        return names.merging(texts) { $1 }
    }
}
