"""How long a data base may take to let somebody in.

One that is suspended, as by ``docker pause``, still accepts connections and never says a word: a driver
without a limit waits for ever, or for minutes.
"""

from __future__ import annotations

CONNECT_SECONDS = 10

_NAMING_IT = (
    *("postgresql", "postgresql+psycopg", "postgresql+psycopg2"),
    *("mysql", "mysql+mysqldb", "mysql+pymysql"),
)
"""Addresses whose drivers call the limit ``connect_timeout``."""


def connecting(url: str) -> dict[str, int]:
    """Return what tells the driver of an address to give up, in seconds; a limit in the address is kept."""
    known = url.partition("://")[0].lower() in _NAMING_IT and "connect_timeout" not in url
    return {"connect_timeout": CONNECT_SECONDS} if known else {}
