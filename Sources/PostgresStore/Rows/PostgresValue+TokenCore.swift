import Libpq
import TokenCore

extension PostgresValue {
    static func time(_ time: Timestamp) -> PostgresValue { .integer(Int(time.milliseconds)) }

    static func time(_ time: Timestamp?) -> PostgresValue { time.map { .time($0) } ?? .null }

    static func integer(_ number: Int?) -> PostgresValue { number.map { .integer($0) } ?? .null }

    static func times(_ times: [Timestamp?]) -> PostgresValue {
        .integers(times.map { $0.map { Int($0.milliseconds) } })
    }

    static func id(_ id: SessionID) -> PostgresValue { .bytes(id.uuid.bytes) }

    static func ids(_ ids: [SessionID?]) -> PostgresValue { .uuids(ids.map { $0?.uuid.bytes }) }
}
