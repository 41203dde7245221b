/// A unit of the times that pages show.
enum TimeUnit: Int, CaseIterable {
    case day = 86_400
    case hour = 3600
    case minute = 60

    var seconds: Int { rawValue }
}
