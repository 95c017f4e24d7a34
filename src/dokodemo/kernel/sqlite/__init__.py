"""Django's SQLite backend with durable commits and a fair queue of writers (書込み待ち行列).

Owns pragmas and the write lock. Never changes what a query means.
"""
