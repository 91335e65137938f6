"""Writing the policies down as a migration, and telling whether the newest one still says what is declared."""

import re
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from csdl.wall.policies import policy_statements

__all__ = ["policies_text", "stale", "write_migration"]

_HERE = Path(__file__).parent / "migrations"


def policies_text() -> str:
    """The wall as one SQL file."""
    return ";\n".join(policy_statements()) + ";\n"


def stale() -> bool:
    """Whether the declarations have moved on since the newest migration."""
    newest = _newest()
    return newest is None or newest.read_text(encoding="utf-8") != _head() + policies_text()


def write_migration() -> Path | None:
    """Write the next migration of policies; None where nothing changed."""
    if not stale():
        return None
    newest = _newest()
    number = int(newest.name[:4]) + 1 if newest else 1
    name = f"{number:04d}_policies"
    (_HERE / "sql").mkdir(exist_ok=True)
    (_HERE / "sql" / f"{name}.sql").write_text(_head() + policies_text(), encoding="utf-8")
    loader = MigrationLoader(None)
    leaves = sorted(leaf for leaf in loader.graph.leaf_nodes() if _is_ours(leaf[0], loader) and leaf[0] != "wall")
    dependencies = [*leaves, *([("wall", newest.stem)] if newest else [])]
    lines = "".join(f'        ("{app}", "{leaf}"),\n' for app, leaf in dependencies)
    target = _HERE / f"{name}.py"
    target.write_text(
        "from django.db import migrations\n\nfrom csdl.lib.migrating import sql_file\n\n\n"
        "class Migration(migrations.Migration):\n"
        f"    dependencies = [\n{lines}    ]\n"
        f'    operations = [sql_file(__file__, "{name}")]\n',
        encoding="utf-8",
    )
    return target


def _head() -> str:
    return "-- Made by `csdl db policies --write` from the modules' visibility.py; not edited by hand.\n\n"


def _newest() -> Path | None:
    files = sorted(path for path in (_HERE / "sql").glob("*.sql") if re.match(r"\d{4}_policies", path.name))
    return files[-1] if files else None


def _is_ours(app: str, loader: MigrationLoader) -> bool:
    return any(
        migration.__module__.startswith("csdl.")
        for (label, _), migration in loader.disk_migrations.items()
        if label == app
    )
