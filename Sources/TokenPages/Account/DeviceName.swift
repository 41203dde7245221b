import TokenCore

/// A name for the browser and system of a `User-Agent`, such as "Firefox on Linux". A guess, for display only.
struct DeviceName: CustomStringConvertible {
    let description: String

    init(userAgent: String?, in text: any Texts) {
        // Bytes, because a comparison of characters is slow on hostile text.
        let agent = (userAgent ?? "").utf8
        let browser = DeviceName.browsers.first { agent.contains($0.mark.utf8) }?.name
        let system = DeviceName.systems.first { agent.contains($0.mark.utf8) }?.name
        // The first product is the program (RFC 9110 §10.1.5).
        let product = String(Substring(agent.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: " ") }))
        switch (browser, system) {
        case (let browser?, let system?): description = text.browser(browser, on: system)
        case (let browser?, nil): description = browser
        case (nil, let system?): description = text.application(on: system)
        case (nil, nil):
            // The rules for a device's name hold for this one, too.
            description = Device(name: String(product.unicodeScalars.prefix(40))).name ?? text.unknownDevice
        }
    }

    /// Each browser before those that it also names for compatibility.
    private static let browsers = [
        (mark: "Edg", name: "Edge"), (mark: "OPR/", name: "Opera"), (mark: "Vivaldi/", name: "Vivaldi"),
        (mark: "SamsungBrowser/", name: "Samsung Internet"), (mark: "FxiOS/", name: "Firefox"),
        (mark: "Firefox/", name: "Firefox"), (mark: "CriOS/", name: "Chrome"), (mark: "Chrome/", name: "Chrome"),
        (mark: "Version/", name: "Safari"),
    ]

    private static let systems = [
        (mark: "iPhone", name: "iPhone"), (mark: "iPad", name: "iPad"), (mark: "Android", name: "Android"),
        (mark: "Windows", name: "Windows"), (mark: "CrOS", name: "ChromeOS"), (mark: "Mac OS X", name: "macOS"),
        (mark: "Linux", name: "Linux"),
    ]
}
