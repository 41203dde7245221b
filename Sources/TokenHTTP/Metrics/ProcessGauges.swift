import Foundation
import PrometheusMetrics

/// What `/proc` says about this process, with Prometheus's usual names. Empty on systems without `/proc`.
enum ProcessGauges {
    static func readings() -> [MetricReading] {
        var readings: [MetricReading] = []
        func add(_ name: String, _ value: Double?, kind: MetricReading.Kind = .gauge) {
            if let value { readings.append(MetricReading(name, value, kind: kind)) }
        }
        // The fields from the third on follow the program's name, which may contain any character.
        let statistics = text("/proc/self/stat")?.split(separator: ")").last?.split(separator: " ").map { Double($0) }
        func field(_ number: Int) -> Double? {
            guard let statistics, statistics.count > number - 3 else { return nil }
            return statistics[number - 3]
        }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        if let user = field(14), let system = field(15) {
            add("process_cpu_seconds_total", (user + system) / ticks, kind: .counter)
        }
        add("process_virtual_memory_bytes", field(23))
        add("process_resident_memory_bytes", field(24).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) })
        if let started = field(22),
            let uptime = text("/proc/uptime")?.split(separator: " ").first.flatMap({ Double($0) })
        {
            let age = max(0, uptime - started / ticks)
            add("process_start_time_seconds", (Date().timeIntervalSince1970 - age).rounded())
            add("heirloom_uptime_seconds", age)
        }
        add(
            "process_open_fds",
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count) })
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            add("process_max_fds", Double(limit.rlim_cur))
        }
        add("process_threads", field(20))
        return readings
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
