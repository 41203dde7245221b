import Libpq
import StoreRows

extension PostgresColumns: Columns {}
