import Accounts
import HTTPTypes
import PrometheusMetrics
import SessionEngine
import TokenCore
import TokenHTTP

/// `/console`: what the service does now, and what an operator should look at.
struct ConsoleOverview: Controller {
    let site: ConsoleSite
    let accounts: AccountService
    let gauges: ServiceGauges

    private static let alarmSeconds = 7 * 86_400
    private static let alarmLimit = 10
    /// How often the page loads itself again, for those who want it.
    private static let refreshSeconds = 15

    private struct Content {
        let figures: [Figure]
        let alarms: [ConsoleEventView]
        let hasAlarms: Bool
        let isLive: Bool
    }

    private struct Figure {
        let name: String
        let value: String
    }

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/console", show) }

    private func show(_ exchange: Exchange) async throws -> Response {
        let isLive = try exchange.query()["live"] != nil
        return try await site.show(exchange, isUse: !isLive) { visit in
            let readings = await gauges.readings()
            let alarms = try await alarms(in: visit.text)
            return visit.page(
                .consoleOverview, title: visit.console.overview,
                refreshSeconds: isLive ? ConsoleOverview.refreshSeconds : nil,
                Content(
                    figures: figures(readings, for: visit), alarms: alarms, hasAlarms: !alarms.isEmpty, isLive: isLive))
        }
    }

    private func figures(_ readings: [MetricReading], for visit: ConsoleVisit) -> [Figure] {
        let console = visit.console
        func value(_ name: String, state: String? = nil) -> Double? {
            readings.first { reading in
                reading.name == name && (state == nil || reading.labels.contains { $0.1 == state })
            }?.value
        }
        let counts = [
            (console.liveSessions, "heirloom_sessions"), (console.users, "heirloom_users"),
            (console.commandsWaiting, "heirloom_commit_queue_depth"),
            (console.hashesWaiting, "heirloom_password_hashes_pending"),
            (console.feedReaders, "heirloom_feed_readers"),
        ].compactMap { title, name in value(name).map { Figure(name: title, value: String(Int($0))) } }
        let size = value("heirloom_database_size_bytes").map {
            Figure(name: console.database, value: "\(Int($0 / 1024)) KiB")
        }
        let age = value("heirloom_signing_key_age_seconds", state: "current").map {
            Figure(name: console.signingKeyAge, value: console.days(Int($0 / 86_400)))
        }
        let expiry = value("heirloom_certificate_expiry_time_seconds").map { time in
            Figure(
                name: console.certificateExpires,
                value: RelativeTime(
                    Timestamp(seconds: Int(time)), now: accounts.sessions.clock(), in: visit.text
                ).words)
        }
        return counts + [size, age, expiry].compactMap { $0 }
    }

    /// The newest events that say that a token was stolen, copied or brought back by a backup.
    private func alarms(in text: any Texts) async throws -> [ConsoleEventView] {
        let now = accounts.sessions.clock()
        var found: [EventRecord] = []
        for kind in EventRecord.Kind.alarming {
            found += try await accounts.sessions.events(EventQuery(kind: kind), limit: ConsoleOverview.alarmLimit)
        }
        return found.filter { $0.at + ConsoleOverview.alarmSeconds > now }
            .sorted { $0.number > $1.number }
            .prefix(ConsoleOverview.alarmLimit)
            .map { ConsoleEventView($0, now: now, in: text) }
    }
}
