import Foundation
import TokenPages

extension Branding {
    enum Key {
        static let name = ConfigurationKey(
            "pages.name", .string, default: "Heirloom",
            meaning: "The name at the top of each page and in its title: [branding](operations.md#branding). 1 to 60 "
                + "visible characters and plain spaces.")
        static let logoFile = ConfigurationKey(
            "pages.logoFile", .string, default: "",
            meaning: "An SVG, PNG, WebP or JPEG picture of at most 64 KiB, beside the name. Empty: the mark of "
                + "Heirloom.")
        static let accentColor = ConfigurationKey(
            "pages.accentColor", .string, default: "",
            meaning: "The colour of links and buttons, `#rrggbb`, which must be readable on every background of the "
                + "pages. Empty: green.")
    }

    init(_ reader: inout ConfigurationReader) {
        let name = reader[Key.name]
        if !Branding.isName(name) { reader.refuse(Key.name.path, "expected \(Branding.nameRule)") }
        self.init(name: name, logo: Branding.logo(&reader), accent: Branding.accent(&reader))
    }

    private static func logo(_ reader: inout ConfigurationReader) -> Logo? {
        guard reader.isForListeners, !reader.hasMistake(at: Key.logoFile.path),
            let file = reader.optionalPath(Key.logoFile)
        else { return nil }
        do {
            // Reading a pipe or a device may never end.
            var status = stat()
            if stat(file, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw Logo.Unusable.noFile }
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            // One byte more than a logo may have.
            return try Logo(Array(try handle.read(upToCount: Logo.maximumBytes + 1) ?? Data()))
        } catch let error as Logo.Unusable {
            reader.refuse(Key.logoFile.path, "\(file) \(error)")
        } catch {
            reader.refuse(Key.logoFile.path, "\(file) cannot be read")
        }
        return nil
    }

    private static func accent(_ reader: inout ConfigurationReader) -> AccentColor? {
        let text = reader[Key.accentColor]
        guard !text.isEmpty else { return nil }
        do {
            if let color = RGBColor(text) { return try AccentColor(color) }
            reader.refuse(Key.accentColor.path, "expected # and six hexadecimal digits, such as #1d6b57")
        } catch {
            reader.refuse(Key.accentColor.path, "\(error)")
        }
        return nil
    }
}
