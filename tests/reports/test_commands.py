"""`csdl report` for operators: what stands where, files with their hash, from a figure down to its rows."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from csdl.cli import report
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.reports.actions import accept_report, consolidate, freeze, return_report
from csdl.reports.errors import ReportError
from csdl.reports.models import ReportPeriod
from tests import builders as b
from tests.reports.chain import Chain, at, build_chain, sent

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def chain(october: ReportPeriod) -> Chain:
    made = build_chain(october)
    for place, where in enumerate(made.schools):
        OrgUnit.objects.filter(pk=where.unit.pk).update(code=f"3130540{place}")
    OrgUnit.objects.filter(pk=made.office.pk).update(code="313")
    return made


def _run(name: str, capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    report.commands.commands[name].callback.__wrapped__(period_code="2024-dau-nam", **options)
    return capsys.readouterr().out


def test_status_needs_no_scope_and_tells_what_was_given_back(chain: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    clock.move_to(at(18, 30))
    first = sent(chain)
    return_report(actor=chain.actors["office"], report=first, reason="Xem lại dòng 40")
    freeze(actor=chain.clerk(), period=chain.period, unit=chain.schools[0].unit)
    asked = {"unit_code": None, "everything": False}

    everything = _run("status", capsys, **asked, json_wanted=False)
    whole = json.loads(_run("status", capsys, **asked, json_wanted=True))
    own = _run("status", capsys, **(asked | {"unit_code": "313"}), json_wanted=False)

    said = everything.splitlines()
    assert (said[0].endswith("5 báo cáo phải có."), said[1:]) == (True, ["  Chưa lập: 4", "  Bị trả lại, đang sửa: 1"])
    lines = {one["unit"]: one for one in whole["reports"]}
    given_back = lines["31305400"]
    assert given_back["sent_at"].startswith("2024-10-07T18:30:")
    assert {name: given_back[name] for name in ("state", "standing", "late_minutes")} == {
        "state": "snapshotted",
        "standing": "dang-sua",
        "late_minutes": 90,
    }
    assert {lines["31305401"][name] for name in ("sent_at", "late_minutes")} == {None}
    assert "Bị trả lại, đang sửa, lần chốt 2, 2 học sinh, gửi 18:30 07/10/2024, muộn 1 giờ 30 phút" in own
    assert "31305402 Trường Tiểu học 2, cấp 02: Chưa lập" in own


def test_the_hash_named_beside_a_file_is_the_files(
    chain: Chain, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    freeze(actor=chain.clerk(), period=chain.period, unit=chain.schools[0].unit)
    asked = {"unit_code": "31305400", "level_code": "", "form_code": "02-DN-TH", "version": None, "json_wanted": True}
    snapshot = chain.report(chain.schools[0]).snapshot

    for kind in ("xlsx", "json"):
        out = tmp_path / f"bieu.{kind}"
        told = json.loads(_run("export", capsys, **asked, wanted=kind, out=out))
        assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
        assert snapshot is not None
        assert told["snapshot_sha256"] == snapshot.digest


def test_a_cell_of_a_sum_leads_to_its_schools_and_their_pupils(
    chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    b.pupil(chain.schools[1].classes.get(name="1A"), None, name="Nguyễn Thị Lan")
    for place in (0, 1):
        accept_report(actor=chain.actors["office"], report=sent(chain, place))
    consolidate(actor=chain.actors["office"], period=chain.period, unit=chain.office, level_code="02")
    asked = {"unit_code": "313", "level_code": "", "form_code": "02-DN-TH", "version": None, "cell": "40:1"}

    parts = json.loads(_run("trace", capsys, **asked, with_rows=False, json_wanted=True))
    rows = json.loads(_run("trace", capsys, **asked, with_rows=True, json_wanted=True))
    said = _run("trace", capsys, **asked, with_rows=True, json_wanted=False).splitlines()
    own = json.loads(_run("trace", capsys, **(asked | {"unit_code": "31305401"}), with_rows=False, json_wanted=True))

    assert (parts["total"], [(one["unit"], one["figure"]) for one in parts["parts"]]) == (
        5,
        [("31305400", 2), ("31305401", 3)],
    )
    assert [len(one["rows"]) for one in rows["parts"]] == [one["figure"] for one in rows["parts"]]
    assert rows["parts"][1]["rows"] == own["rows"]
    assert said[1].startswith("Phòng GDĐT Lê Chân, lần tổng hợp 1: 2/3 đơn vị.")
    assert said[2:4] == ["Mã đơn vị | Đơn vị | Số liệu", "31305400 | Trường Tiểu học 0 | 2"]
    assert any(line.startswith("  Nguyễn Thị Lan | ") for line in said)
    with pytest.raises(ReportError, match="được nhập tay"):
        _run("trace", capsys, **(asked | {"cell": "25:1"}), with_rows=True, json_wanted=False)


def test_who_is_missing_from_a_sum_is_named_as_other_systems_know_it(
    chain: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (0, 1):
        accept_report(actor=chain.actors["office"], report=sent(chain, place))
    asked = {"unit_code": "313", "everything": False, "level_code": ""}

    told = json.loads(_run("consolidate", capsys, **asked, json_wanted=True))
    said = _run("consolidate", capsys, **asked, json_wanted=False)

    missing = OrgUnit.objects.get(code="31305402")
    assert told["levels"][0]["missing"] == [
        {
            "unit_code": missing.code,
            "public_id": str(missing.public_id),
            "name": "Trường Tiểu học 2",
            "state": "Chưa lập",
        }
    ]
    assert "2/3 đơn vị, 4 học sinh. Còn thiếu: Trường Tiểu học 2." in said
