"""`csdl db prepare`: roles, grants and catalogue marks of a database (D19). Safe to run again; run after migrations.

Migrations say what the tables are; this says who may touch them. It is no migration because roles belong to the
server, passwords to the environment, and leakproof marks to the catalogue, none of which a dump carries.
"""

from typing import LiteralString, cast

import psycopg
from django.core.exceptions import ImproperlyConfigured
from psycopg import sql

from csdl.lib.database import DatabaseNames
from csdl.lib.gate import declarations, open_tables

__all__ = ["prepare_database", "prepare_grants"]

# Operators of the name search wait behind the row policies, and lose their index, until marked (field notes).
LEAKPROOF = (
    "textlike(text,text)",
    "texticlike(text,text)",
    "bpcharlike(character,text)",
    "reverse(text)",
)

# Tables of no model that the web role may read but never write; tables declared open and unwritten join them.
# A grant and the classes it reaches come and change by the functions of delegation, which look at who acts.
READ_ONLY = ("access_grant", "csdl_clock", "reports_erasedperson", "years_classscope")
UNTOUCHABLE = ("accounts_actingtoken", "django_migrations")
# Papers are replaced or withdrawn, their files and a published regulation stay as they came: nobody of the web deletes
# any of them.
UNDELETED = (
    *("accounts_regulation", "exports_exportdecision"),
    *("delegation_administrationholder", "delegation_batch", "delegation_commitment", "delegation_minutes"),
    *(
        "delegation_inspection",
        "delegation_personnelconfirmation",
        "documents_document",
        "documents_storedfile",
        "dossier_dossier",
    ),
    "students_studentpaper",
)
UNCHANGED = ("accounts_regulation", "documents_storedfile", "exports_exportdecision")
# What an act says of itself; the rest of an event is the sealer's.
EVENT_COLUMNS = ("at", "account_id", "actor_label", "kind", "unit_id", "data")
FUNCTIONS = (
    "csdl_accounts_reaching_beyond",
    "csdl_claimed_elsewhere",
    "csdl_days_at_work",
    "csdl_erased_persons",
    "csdl_follow_work",
    "csdl_forget_acting_token",
    "csdl_grant_holds",
    "csdl_issue_acting_token",
    "csdl_link_accounts",
    "csdl_make_year_partitions",
    "csdl_make_plan_partition",
    "csdl_move_grants",
    "csdl_propose_grants",
    "csdl_make_report_partition",
    "csdl_refresh_scopes",
    "csdl_settle_papers",
    "csdl_note_sign_in",
    "csdl_open_leavers",
    "csdl_staff_found",
    "csdl_staff_is_tied",
    "csdl_student_is_tied",
    "csdl_students_first_named",
    "csdl_take_up_commitments",
    "csdl_students_named",
)
OWNERS_FUNCTIONS = ("csdl_make_log_root", "csdl_seal_events")


def prepare_database(names: DatabaseNames) -> tuple[bool, bool]:
    """Create the two roles and the database where a superuser's connection is lent; answers (created, leakproof).

    Errors:  without that connection both must exist already; psycopg says which does not.
    """
    if not names.admin:
        return False, _is_leakproof(names)
    server = psycopg.conninfo.make_conninfo(names.admin, dbname="postgres")
    created = False
    with psycopg.connect(server, autocommit=True) as connection:
        for role in ("owner", "app"):
            _ensure_role(connection, names.url("owner" if role == "owner" else "app"))
        # Background work for one account gives up the owner's rights for the web's; none are inherited.
        connection.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                sql.Identifier(names.role_name("app")), sql.Identifier(names.role_name("owner"))
            )
        )
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [names.dbname]).fetchone()
        if not found:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(names.dbname),
                    sql.Identifier(names.role_name("owner")),
                )
            )
            created = True
    with psycopg.connect(
        psycopg.conninfo.make_conninfo(names.admin, dbname=names.dbname),
        autocommit=True,
    ) as own:
        for function in LEAKPROOF:
            own.execute(sql.SQL("ALTER FUNCTION pg_catalog.{} LEAKPROOF").format(sql.SQL(function)))
    return created, True


def prepare_grants(names: DatabaseNames, *, demo: bool) -> None:
    """Grant the web role what it needs on the tables as they are now, and no more; in the demo, the clock too.

    Errors:  ImproperlyConfigured where the owner may not act as the web role and no superuser was lent to allow it.
    """
    app = sql.Identifier(names.role_name("app"))
    with psycopg.connect(names.owner) as connection:
        own, web = names.role_name("owner"), names.role_name("app")
        found = connection.execute("SELECT pg_has_role(%s, 'SET')", [web]).fetchone()
        if not found or not found[0]:
            raise ImproperlyConfigured(
                f"Vai trò {own} chưa được làm việc thay vai trò {web}. Người quản trị PostgreSQL hãy chạy: "
                f"GRANT {web} TO {own} WITH INHERIT FALSE, SET TRUE;"
            )
        schema = sql.Identifier(connection.execute("SELECT current_schema()").fetchone()[0])  # type: ignore[index] # always a row

        def run(text: str, *objects: sql.Composable) -> None:
            connection.execute(sql.SQL(text).format(*objects))

        run("GRANT USAGE ON SCHEMA {} TO {}", schema, app)
        run(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}",
            schema,
            app,
        )
        run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}", schema, app)
        run("GRANT EXECUTE ON ALL PROCEDURES IN SCHEMA {} TO {}", schema, app)
        for function in FUNCTIONS:
            run("GRANT EXECUTE ON FUNCTION {} TO {}", sql.Identifier(function), app)
        for function in OWNERS_FUNCTIONS:
            run("REVOKE ALL ON FUNCTION {} FROM {}", sql.Identifier(function), app)
        verb = (
            "GRANT EXECUTE ON FUNCTION csdl_move_clock TO {}"
            if demo
            else "REVOKE ALL ON FUNCTION csdl_move_clock FROM {}"
        )
        run(verb, app)
        unwritten = [model._meta.db_table for model, rule in open_tables.items() if rule.written_by is None]
        for table in (*READ_ONLY, *unwritten):
            run(
                "REVOKE INSERT, UPDATE, DELETE ON {} FROM {}",
                sql.Identifier(table),
                app,
            )
        logs = [model._meta.db_table for model, rule in declarations.items() if rule.is_log]
        for table in (*logs, *_history_tables(connection)):
            run("REVOKE UPDATE, DELETE ON {} FROM {}", sql.Identifier(table), app)
        for verb, tables in (("DELETE", UNDELETED), ("UPDATE", UNCHANGED)):
            for table in tables:
                run(f"REVOKE {verb} ON {{}} FROM {{}}", sql.Identifier(table), app)
        run("REVOKE INSERT ON audit_event FROM {}", app)
        columns = sql.SQL(", ").join(map(sql.Identifier, EVENT_COLUMNS))
        run("GRANT INSERT ({}) ON audit_event TO {}", columns, app)
        for table in UNTOUCHABLE + tuple(_partitions(connection)):
            # A partition read by its own name ignores its parent's policies (D16).
            run("REVOKE ALL ON {} FROM {}", sql.Identifier(table), app)
        for signature in _definers(connection):
            # With the owner's rights, a function must find the owner's tables, not a caller's of the same name.
            run("ALTER FUNCTION {} SET search_path = {}, pg_temp", sql.SQL(signature), schema)
        run("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", sql.Identifier(names.dbname))
        # Versions of units may have begun while nothing ran.
        run("SELECT csdl_refresh_units(NULL)")


def _ensure_role(connection: psycopg.Connection[tuple[object, ...]], url: str) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(url)
    name, password = str(parts["user"]), str(parts.get("password", ""))
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if exists else "CREATE"
    connection.execute(
        sql.SQL(verb + " ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(sql.Identifier(name))
    )
    if password:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))


def _is_leakproof(names: DatabaseNames) -> bool:
    with psycopg.connect(names.owner) as connection:
        row = connection.execute("SELECT proleakproof FROM pg_proc WHERE oid = 'textlike(text,text)'::regprocedure")
        return bool((row.fetchone() or (False,))[0])


def _history_tables(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    rows = connection.execute(
        "SELECT table_name FROM information_schema.columns"
        " WHERE column_name = 'pgh_label' AND table_schema = current_schema()"
    )
    return [str(row[0]) for row in rows]


def _partitions(connection: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class"
        " WHERE relispartition AND relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    )
    return [str(row[0]) for row in rows]


def _definers(connection: psycopg.Connection[tuple[object, ...]]) -> list[LiteralString]:
    """Functions of ours that run with the owner's rights, as ALTER FUNCTION names them."""
    rows = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE prosecdef AND pronamespace = current_schema()::regnamespace"
    )
    return [cast(LiteralString, row[0]) for row in rows]
