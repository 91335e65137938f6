"""`csdl report`: periods, freeze, status, sending, consolidation, files, the rows behind a cell."""

import datetime as dt
import hashlib
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from csdl.cli.base import as_json, emit, operator, with_database, write_file


@click.group(help="Báo cáo thống kê định kỳ.")
def commands() -> None: ...


_period = click.option("--period", "period_code", required=True, metavar="KỲ", help="Mã kỳ, ví dụ 2024-dau-nam.")
_unit = click.option("--unit", "unit_code", required=True, metavar="MÃ", help="Mã đơn vị.")
_level = click.option("--level", "level_code", default="", metavar="CẤP", help="Cấp học, khi trường có nhiều cấp.")
_form = click.option("--form", "form_code", required=True, metavar="BIỂU", help="Số hoặc mã biểu, ví dụ 02.ĐN-TH.")
_version = click.option(
    "--version", type=int, metavar="N", help="Lần chốt, ở Phòng, Sở là lần tổng hợp; không ghi: lần đang dùng."
)


def _scope(command: Any) -> Any:
    """All units, or those at and below one."""
    command = click.option("--all", "everything", is_flag=True, help="Cả tỉnh.")(command)
    return click.option("--unit", "unit_code", metavar="MÃ", help="Một trường, hoặc các trường thuộc một đơn vị.")(
        command
    )


_INSTANT = click.DateTime(["%Y-%m-%dT%H:%M", "%H:%M %d/%m/%Y"])
_DAY = click.DateTime(["%Y-%m-%d", "%d/%m/%Y"])


@commands.command("open", help="Mở kỳ báo cáo; ngày và hạn gửi không nêu thì theo quy định.")
@click.option("--year", type=int, required=True, help="Năm bắt đầu của năm học.")
@click.option("--kind", type=click.Choice(["BOY", "EOY"]), required=True, help="BOY: đầu năm; EOY: cuối năm.")
@click.option("--code", default="", metavar="MÃ", help="Mã kỳ, khi không phải kỳ thường lệ.")
@click.option("--name", default="", metavar="TÊN", help="Tên kỳ.")
@click.option("--snapshot-on", type=_DAY, metavar="NGÀY", help="Ngày chốt số liệu, ví dụ 30/09/2024.")
@click.option("--starts-on", type=_DAY, metavar="NGÀY", help="Đầu kỳ: tăng, giảm được tính sau ngày này.")
@click.option("--school-due", type=_INSTANT, metavar="GIỜ NGÀY", help="Hạn của trường, ví dụ '17:00 07/10/2024'.")
@click.option("--office-due", type=_INSTANT, metavar="GIỜ NGÀY", help="Hạn của Phòng.")
@click.option("--department-due", type=_INSTANT, metavar="GIỜ NGÀY", help="Hạn của Sở.")
@click.option("--source-text", default="", metavar="NGUYÊN VĂN", help="Ngày như văn bản in, kể cả chỗ in sai.")
@click.option("--confirm", is_flag=True, help="Lấy cả ngày không thuộc năm học, không đúng thứ tự; phải nêu --note.")
@click.option("--note", default="", metavar="LÝ DO", help="Lý do xác nhận, hoặc vì sao kỳ đầu năm chưa đóng vẫn mở.")
@as_json
@with_database
def open_(
    year: int,
    kind: str,
    code: str,
    name: str,
    note: str,
    source_text: str,
    confirm: bool,
    json_wanted: bool,
    **days: Any,
) -> None:  # fmt: skip
    from csdl.lib import clock  # needs settings
    from csdl.reports.actions import SENDERS, open_usual_period

    due = {sender: given.replace(tzinfo=clock.LOCAL_ZONE) for sender in SENDERS if (given := days.get(f"{sender}_due"))}
    made = open_usual_period(
        actor=operator(),
        start_year=year,
        kind=kind,
        note=note,
        code=code,
        name=name,
        due=due,
        source_text=source_text,
        confirmed=None if confirm else (),
        **{key: days[key].date() for key in ("snapshot_on", "starts_on") if days.get(key)},
    )
    data = {"period": made.code, "name": made.name, "snapshot_on": made.snapshot_on}
    emit(data, json_wanted, f"{made.code}: {made.name}, chốt số liệu cuối ngày {made.snapshot_on:%d/%m/%Y}.")


@commands.command("freeze", help="Chốt số liệu: đếm tình trạng cuối ngày chốt theo hồ sơ hiện nay; giữ mọi lần chốt.")
@_period
@_scope
@_level
@as_json
@with_database
def freeze(period_code: str, unit_code: str, everything: bool, level_code: str, json_wanted: bool) -> None:
    from csdl.reports.actions import freeze as freeze_reports  # needs settings
    from csdl.reports.queries import period_named

    period, unit = period_named(period_code), _unit_of(unit_code, everything)
    with click.progressbar(length=1, label="Chốt số liệu", file=sys.stderr) as bar:

        def progress(done: int, total: int, message: str = "") -> None:
            bar.length = max(total, 1)
            bar.label = message or "Chốt số liệu"
            bar.update(done - bar.pos)

        done = freeze_reports(actor=operator(), period=period, unit=unit, level_code=level_code, progress=progress)
    said = [
        f"{period.name}: đã chốt {done.reports} báo cáo, {done.pupils} học sinh, {done.classes} lớp, "
        f"{done.staff} cán bộ, giáo viên, nhân viên. Ràng buộc sai {done.errors}, cần xem {done.warnings}.",
        *(f"Bỏ qua: {one.reason}" for one in done.skipped),
    ]
    skipped = [{"unit_id": one.unit_id, "level": one.level_code, "reason": one.reason} for one in done.skipped]
    emit({**done.as_json(), "skipped": skipped}, json_wanted, "\n".join(said))


@commands.command(
    "status", help="Tình hình: đơn vị nào đã chốt, đã gửi, bị trả lại, còn thiếu; không nêu đơn vị: cả tỉnh."
)
@_period
@_scope
@as_json
@with_database
def status(period_code: str, unit_code: str, everything: bool, json_wanted: bool) -> None:
    from csdl.lib import clock  # needs settings
    from csdl.reports.board import standing_of
    from csdl.reports.enums import SubmissionState
    from csdl.reports.queries import period_named
    from csdl.reports.queries import status as report_status

    period, everything = period_named(period_code), everything or not unit_code
    lines = report_status(actor=operator(), period=period, unit=_unit_of(unit_code, everything))
    now = clock.now()
    standings = [standing_of(one.state, one.sent_at, one.due_at, now) for one in lines]
    owed = [one for one in lines if not one.reason]
    counts = {state.value: sum(one.state == state for one in owed) for state in SubmissionState}
    rows = [
        {
            "unit": one.unit_code,
            "name": one.unit_name,
            "level": one.level_code,
            "state": one.state,
            "standing": None if one.reason else standing,
            "version": one.version,
            "pupils": one.pupils,
            "errors": one.errors,
            "warnings": one.warnings,
            "due_at": _instant(one.due_at),
            "sent_at": _instant(one.sent_at),
            "late_minutes": one.late_minutes,
            "owes_none_because": one.reason or None,
        }
        for one, standing in zip(lines, standings, strict=True)
    ]
    told = [_stands(one.state, standing) for one, standing in zip(lines, standings, strict=True)]
    order = list(SubmissionState.values)
    sums = Counter((order.index(one.state), word) for one, word in zip(lines, told, strict=True) if not one.reason)
    said = [f"{period.name}: {len(owed)} báo cáo phải có."]
    said += [f"  {word}: {count}" for (_, word), count in sorted(sums.items())]
    if not everything:
        said += [
            f"  {one.unit_code} {one.unit_name}, cấp {one.level_code}: "
            + (one.reason or f"{word}, lần chốt {one.version}, {one.pupils} học sinh{_sent(one)}")
            for one, word in zip(lines, told, strict=True)
        ]
    emit({"period": period.code, "owed": len(owed), "states": counts, "reports": rows}, json_wanted, "\n".join(said))


def _stands(state: str, standing: str) -> str:
    """The state in words; what was given back and is frozen again is still given back, as the board says it."""
    from csdl.reports.board import words  # needs settings
    from csdl.reports.enums import SubmissionState

    return words[standing][1] if standing == "dang-sua" else str(SubmissionState(state).label)


def _sent(line: Any) -> str:
    """When it was sent last, and how late by its first sending."""
    from csdl.reports.board import said_minutes  # needs settings

    if line.sent_at is None:
        return ""
    late = f", muộn {said_minutes(line.late_minutes)}" if line.late_minutes is not None else ""
    return f", gửi {_local(line.sent_at):%H:%M %d/%m/%Y}{late}"


def _instant(at: dt.datetime | None) -> str | None:
    return _local(at).isoformat() if at else None


def _local(at: dt.datetime) -> dt.datetime:
    from csdl.lib import clock  # needs settings

    return at.astimezone(clock.LOCAL_ZONE)


@commands.command("send", help="Gửi báo cáo đã chốt và đã ký lên cấp trên; báo cáo nào chưa gửi được thì nói vì sao.")
@_period
@_scope
@_level
@click.option(
    "--sign",
    "note",
    default="",
    metavar="LÝ DO",
    help="Người vận hành ký thay, ghi lý do vào nhật ký; kỳ cần hai người thì không phải người đã chốt.",
)
@as_json
@with_database
def send(period_code: str, unit_code: str, everything: bool, level_code: str, note: str, json_wanted: bool) -> None:
    from csdl.reports.actions import send_reports  # needs settings
    from csdl.reports.queries import period_named

    period, unit = period_named(period_code), _unit_of(unit_code, everything)
    done = send_reports(actor=operator(), period=period, unit=unit, level_code=level_code, signing_note=note)
    said = [
        f"{period.name}: đã gửi {done.reports} báo cáo, {done.late} báo cáo muộn.",
        *(f"Chưa gửi: {name}, cấp {level}: {reason}" for name, level, reason in done.skipped),
    ]
    skipped = [{"unit": name, "level": level, "reason": reason} for name, level, reason in done.skipped]
    data = {"period": period.code, "reports": done.reports, "late": done.late, "skipped": skipped}
    emit(data, json_wanted, "\n".join(said))
    if not done.reports:
        sys.exit(2)


@commands.command("consolidate", help="Tổng hợp báo cáo đã duyệt của các đơn vị thuộc một Phòng, một xã hoặc cả tỉnh.")
@_period
@_scope
@_level
@as_json
@with_database
def consolidate(period_code: str, unit_code: str, everything: bool, level_code: str, json_wanted: bool) -> None:
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.orgs.models import OrgUnit
    from csdl.reports.actions import consolidate_levels
    from csdl.reports.consolidations import missing_units
    from csdl.reports.queries import period_named

    period = period_named(period_code)
    unit = _unit_of(unit_code, everything) or OrgUnit.objects.get(parent=None)
    made, refused = consolidate_levels(actor=operator(), period=period, unit=unit, level_code=level_code)
    if refused and not made:
        raise CsdlError(refused[0], code="RPT-10", problems=refused[1:])
    versions = [one.current for one in made if one.current]
    rows: list[dict[str, Any]] = [
        {
            "level": one.level_code,
            "version": version.version,
            "expected": version.expected_count,
            "included": version.included_count,
            "pupils": version.pupil_count,
            "missing": missing_units(version),
            "sha256": version.digest,
        }
        for one, version in zip(made, versions, strict=True)
    ]
    said = [f"{period.name}, {unit.name}:"]
    for row in rows:
        names = ", ".join(one["name"] for one in row["missing"][:10])
        missing = f" Còn thiếu: {names}." if names else ""
        said.append(
            f"  Cấp {row['level']}, lần {row['version']}: {row['included']}/{row['expected']} đơn vị, "
            f"{row['pupils']} học sinh.{missing}"
        )
    said += [f"  {reason}" for reason in refused]
    data = {"period": period.code, "unit": unit.code, "levels": rows, "refused": refused}
    emit(data, json_wanted, "\n".join(said))


@commands.command(
    "export",
    help="Xuất biểu đã chốt của trường, hoặc biểu tổng hợp của Phòng, Sở: bảng tính theo mẫu của Bộ, PDF, JSON.",
)
@_period
@_unit
@_level
@_form
@_version
@click.option("--format", "wanted", type=click.Choice(["xlsx", "pdf", "json"]), default="xlsx", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Tệp sẽ ghi.")
@as_json
@with_database
def export(
    period_code: str,
    unit_code: str,
    level_code: str,
    form_code: str,
    version: int | None,
    wanted: str,
    out: Path,
    json_wanted: bool,
) -> None:
    from csdl.orgs.enums import TEACHING_KINDS  # needs settings
    from csdl.reports.outgoing import export_form, export_summed_form

    form_code = _form_code(form_code, period_code)
    if _unit_of(unit_code, False).kind in TEACHING_KINDS:
        snapshot = _snapshot(period_code, unit_code, level_code, form_code, version)
        made = export_form(actor=operator(), snapshot=snapshot, form_code=form_code, format=wanted)
        number, source = snapshot.version, {"snapshot_sha256": snapshot.digest}
        said = f"biểu {form_code} của {snapshot.unit_name}, lần chốt {number}"
    else:
        summed = _sum(period_code, unit_code, level_code, form_code, version)
        made = export_summed_form(
            actor=operator(), version=summed, form_code=form_code, format=wanted, purpose="xuất bằng lệnh"
        )
        number, source = summed.version, {"consolidation_sha256": summed.digest}
        said = (
            f"biểu {form_code} tổng hợp của {summed.unit.name}, lần tổng hợp {number}, "
            f"{summed.included_count}/{summed.expected_count} đơn vị"
        )
    write_file(out, made.content)
    # Of the file, so that it can be checked where it arrives; the hash of what was frozen stands in the file too.
    sha256 = hashlib.sha256(made.content).hexdigest()
    data = {"file": str(out), "form": form_code, "version": number, "sha256": sha256} | source
    emit(data, json_wanted, f"Đã ghi {out}: {said}.")


@commands.command(
    "trace",
    help="Những gì một ô đếm: ở trường là học sinh, cán bộ, lớp, phòng; ở Phòng, Sở là từng đơn vị trong bản tổng hợp.",
)
@_period
@_unit
@_level
@_form
@_version
@click.option("--cell", required=True, metavar="DÒNG:CỘT", help="Ví dụ 40:1; dòng R040 ghi 40 cũng được.")
@click.option("--rows", "with_rows", is_flag=True, help="Ở Phòng, Sở: liệt kê cả những ai mỗi đơn vị đếm.")
@as_json
@with_database
def trace(
    period_code: str,
    unit_code: str,
    level_code: str,
    form_code: str,
    version: int | None,
    cell: str,
    with_rows: bool,
    json_wanted: bool,
) -> None:
    from csdl.orgs.enums import TEACHING_KINDS  # needs settings
    from csdl.reports.forms import form
    from csdl.reports.listing import heads_of, listed, with_names
    from csdl.reports.queries import trace as trace_cell

    form_code = _form_code(form_code, period_code)
    if _unit_of(unit_code, False).kind not in TEACHING_KINDS:
        _trace_sum(
            _sum(period_code, unit_code, level_code, form_code, version), form_code, cell, with_rows, json_wanted
        )
        return
    snapshot = _snapshot(period_code, unit_code, level_code, form_code, version)
    what = form(form_code, snapshot.basis)
    found = trace_cell(actor=operator(), snapshot=snapshot, form=what, address=what.address(cell))
    data = _cell_said(found, snapshot.version) | {"total": int(found.total), "rows": with_names(found)}
    shown = [heads_of(found), *listed(found)] if found.rows else []
    text = [
        f"{found.row.code} {found.row.label}, cột {found.column.full_label}: {int(found.total)}",
        found.row.definition,
        *(" | ".join(cells) for cells in shown),
    ]
    emit(data, json_wanted, "\n".join(text))


def _trace_sum(version: Any, form_code: str, cell: str, with_rows: bool, json_wanted: bool) -> None:
    """From a cell of a sum to its units; each unit's own cell opens in the same way."""
    from csdl.reports.consolidations import trace_sum  # needs settings
    from csdl.reports.forms import form
    from csdl.reports.listing import heads_of, listed, with_names

    what = form(form_code, version.basis)
    found = trace_sum(actor=operator(), version=version, form=what, address=what.address(cell), with_rows=with_rows)
    parts = [
        {
            "unit": one.line.unit.code,
            "name": one.line.unit.name,
            "figure": _figure(one.line.figure),
            "version": one.line.version,
        }
        | ({"rows": with_names(one)} if with_rows else {})
        for one in found.parts
    ]
    data = _cell_said(found, version.version) | {"total": _figure(found.total), "parts": parts}
    text = [
        f"{found.row.code} {found.row.label}, cột {found.column.full_label}: {_said(_figure(found.total))}",
        f"{version.unit.name}, lần tổng hợp {version.version}: "
        f"{version.included_count}/{version.expected_count} đơn vị. {found.row.definition}",
        "Mã đơn vị | Đơn vị | Số liệu",
    ]
    for one in found.parts:
        text.append(" | ".join((one.line.unit.code, one.line.unit.name, _said(_figure(one.line.figure)))))
        shown = [heads_of(one), *listed(one)] if one.rows else []
        text += [f"  {' | '.join(cells)}" for cells in shown]
    emit(data, json_wanted, "\n".join(text))


def _cell_said(found: Any, version: int) -> dict[str, Any]:
    """Which cell was opened, of which freeze or sum."""
    return {
        "form": found.form.code,
        "row": found.row.code,
        "label": found.row.label,
        "column": found.column.code,
        "definition": found.row.definition,
        "version": version,
    }


def _figure(value: Decimal | None) -> int | float | None:
    """A figure as a number: whole where it is."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _said(value: int | float | None) -> str:
    """A figure as people read it."""
    return "–" if value is None else str(value).replace(".", ",")


def _form_code(said: str, period_code: str) -> str:
    """The code of the form that the options name, as printed or as coded."""
    from csdl.reports.forms import basis_on, form_named  # needs settings
    from csdl.reports.queries import period_named

    return form_named(said, basis_on(period_named(period_code).snapshot_on).code).code


def _unit_of(code: str | None, everything: bool) -> Any:
    """The unit the options name; None for the whole province."""
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.orgs.models import OrgUnit

    if bool(code) == everything:
        raise CsdlError("Hãy chọn đúng một phạm vi: --unit MÃ hoặc --all.", code="CLI-01")
    if everything:
        return None
    found = OrgUnit.objects.filter(code=code).first()
    if found is None:
        raise CsdlError(f"Không có đơn vị mã “{code}”. Xem mã ở trang Đơn vị hoặc trong tệp đã nhập.", code="CLI-02")
    return found


def _level_of(level_code: str, form_code: str, period: Any) -> str:
    """The level named, else the form's; empty for a form of every level."""
    from csdl.reports.forms import basis_on, form  # needs settings

    return level_code or form(form_code, basis_on(period.snapshot_on).code).level_code


def _sum(period_code: str, unit_code: str, level_code: str, form_code: str, version: int | None) -> Any:
    """The consolidation the options name. Errors: CLI-01 a form of every level wants one named."""
    from csdl.accounts.errors import CsdlError  # needs settings
    from csdl.reports.consolidations import version_of
    from csdl.reports.queries import period_named

    period = period_named(period_code)
    level, unit = _level_of(level_code, form_code, period), _unit_of(unit_code, False)
    if not level:
        raise CsdlError(f"Biểu {form_code} có ở mọi cấp học. Hãy nêu cấp học: --level.", code="CLI-01")
    return version_of(actor=operator(), period=period, unit=unit, level_code=level, version=version)


def _snapshot(period_code: str, unit_code: str, level_code: str, form_code: str, version: int | None) -> Any:
    """The freeze the options name; the form tells the level where no level is named."""
    from csdl.reports.queries import period_named, snapshot_of  # needs settings

    period = period_named(period_code)
    level, unit = _level_of(level_code, form_code, period), _unit_of(unit_code, False)
    return snapshot_of(actor=operator(), period=period, unit=unit, level_code=level, version=version)
