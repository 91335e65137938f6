"""`csdl dossier`: build."""

import datetime as dt
import shutil
from pathlib import Path

import click

from csdl.cli.base import as_json, emit, operator, unit_by_code, with_database

_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@click.group(help="Hồ sơ phục vụ thanh tra, kiểm tra.")
def commands() -> None: ...


@commands.command("build", help="Lập hồ sơ thanh tra của một đơn vị cho một kỳ: một tệp ZIP có mục lục và mã kiểm tra.")
@click.option("--unit", "code", required=True, help="Mã đơn vị.")
@click.option("--from", "first", type=_DAY, required=True, help="Từ ngày (YYYY-MM-DD).")
@click.option("--to", "last", type=_DAY, required=True, help="Đến hết ngày (YYYY-MM-DD).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Chép tệp ZIP ra đây.")
@as_json
@with_database
def build(code: str, first: dt.datetime, last: dt.datetime, out: Path | None, json_wanted: bool) -> None:
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.dossier.actions import build_dossier, new_dossier, open_dossier

    actor = operator()
    dossier = new_dossier(actor=actor, unit=unit_by_code(code), first=first.date(), last=last.date())
    built = build_dossier(actor=actor, dossier=dossier)
    path = open_dossier(actor=actor, dossier=dossier)
    if out is not None:
        try:
            shutil.copyfile(path, out)
        except OSError:
            message = f"Không ghi được tệp {out}. Hãy kiểm tra thư mục có chưa và quyền ghi."
            raise CsdlError(message, code="CLI-01") from None
    data = {
        "dossier": dossier.public_id,
        "file": str(out or path),
        "content_sha256": built.content_sha256,
        "file_sha256": dossier.file_sha256,
        "expires_on": dossier.expires_on,
        "counts": built.counts,
        "warnings": built.warnings,
    }
    told = [f"Đã lập hồ sơ {out or path}: {len(built.sums)} tệp. Mã nội dung {built.content_sha256}."]
    emit(data, json_wanted, "\n".join([*told, *(f"- {line}" for line in built.warnings)]))
