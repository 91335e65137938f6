"""Which database, under which role: turns the environment into connection settings.

Owns the naming rule of D19: role names carry the database's name (`csdl_app`, `csdl_owner`), because roles
belong to the whole server and two databases on one server must not share them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from csdl.lib.embedded import EmbeddedServer

__all__ = ["DatabaseNames", "Role", "django_settings", "names_from_environment"]

Role = Literal["app", "owner", "admin"]


@dataclass(frozen=True)
class DatabaseNames:
    """The three connections of one database. `admin` is empty where no superuser is lent to us, `app` and `owner`
    where the environment does not name them."""

    app: str
    owner: str
    admin: str
    embedded: bool

    def url(self, role: Role) -> str:
        return {"app": self.app, "owner": self.owner, "admin": self.admin}[role]

    def needed(self, role: Role) -> str:
        """The connection of a role that the work cannot do without; never another role's in its place."""
        if url := self.url(role):
            return url
        variable = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "admin": "DATABASE_ADMIN_URL"}[role]
        raise ImproperlyConfigured(f"Chưa đặt {variable}: kết nối cơ sở dữ liệu của vai trò {role}.")

    def role_name(self, role: Role) -> str:
        return str(conninfo_to_dict(self.needed(role))["user"])

    @property
    def dbname(self) -> str:
        return str(conninfo_to_dict(self.app or self.owner)["dbname"])


def names_from_environment(environ: Mapping[str, str], data_dir: Path) -> DatabaseNames:
    """The connections the environment names; none named means the embedded server of the data folder.

    With DATABASE_URL alone (the web process) the owner's and the superuser's connections stay unknown.
    """
    if "DATABASE_URL" in environ or "DATABASE_OWNER_URL" in environ:
        return DatabaseNames(
            app=environ.get("DATABASE_URL", ""),
            owner=environ.get("DATABASE_OWNER_URL", ""),
            admin=environ.get("DATABASE_ADMIN_URL", ""),
            embedded=False,
        )
    server = EmbeddedServer(data_dir)
    dbname = environ.get("CSDL_DATABASE", "csdl")
    roles = environ.get("CSDL_ROLES", dbname)
    users = {name: (f"{roles}_{name}", server.secret(f"{roles}_{name}")) for name in ("app", "owner")}
    if base := environ.get("CSDL_SERVER_URL"):
        # A superuser's connection to another server: the database and its roles are named there by the same rule.
        named = {
            name: make_conninfo(base, dbname=dbname, user=user, password=password)
            for name, (user, password) in users.items()
        }
        return DatabaseNames(**named, admin=make_conninfo(base, dbname=dbname), embedded=False)
    named = {name: server.url(dbname, user, password) for name, (user, password) in users.items()}
    return DatabaseNames(**named, admin=server.admin_url(dbname), embedded=True)


def django_settings(names: DatabaseNames, *, role: str, pooled: bool) -> dict[str, Any]:
    """Django's DATABASES entry for one role. `pooled` keeps a pool of sessions open (the web)."""
    url = names.needed("owner" if role == "owner" else "app")
    parts = conninfo_to_dict(url)
    # One way of binding for every role: what the tests run as the owner, the web runs as well.
    options: dict[str, Any] = {"application_name": f"csdl-{role}", "server_side_binding": True}
    if pooled:
        # Planning under row policies often costs more than the answer: asked a sixth time, a statement keeps its plan.
        # A pooler between web and server must know prepared statements (PgBouncer: max_prepared_statements).
        options["prepare_threshold"] = 5
        options["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
