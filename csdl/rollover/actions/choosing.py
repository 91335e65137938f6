"""Looking and changing: the school chooses another class for a pupil, the head decides where no rule can."""

from django.db import transaction
from django.utils import timezone

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.codes.models import Grade
from csdl.lib.vietnamese import squeeze
from csdl.rollover.actions.holding import hold
from csdl.rollover.actions.planning import write_plan
from csdl.rollover.enums import Act
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import Choice, PlanClass, PlanRow
from csdl.rollover.queries import check_years
from csdl.years.enums import Outcome

__all__ = ["allowed_acts", "can_decide", "choose_for_pupil", "rename_plan_class", "withdraw_decision"]


def allowed_acts(row: PlanRow) -> tuple[Act, ...]:
    """What a person may decide about this pupil; nothing where the regulation decides.

    Disabled and not assessed (art. 11): up, again, or completed where the grade ends a level. A preschool child: by
    birth date, or a year longer at the parents' request.
    """
    if row.rule_code in ("M1", "M2", "M3"):
        return Act.PROMOTE, Act.RETAIN
    if row.outcome != Outcome.NOT_ASSESSED or row.rule_code == "D1":
        return ()
    grade = Grade.objects.get(code=row.enrolment.grade_code)
    acts = [Act.RETAIN]
    if grade.next_code:
        acts.insert(0, Act.PROMOTE)
    if grade.completed_outcome:
        acts.append(Act.COMPLETE)
    return tuple(acts)


def can_decide(row: PlanRow) -> bool:
    """Whether a person decides about this pupil at all."""
    return bool(allowed_acts(row))


@transaction.atomic
def choose_for_pupil(
    *,
    actor: Actor,
    row: PlanRow,
    plan_class: PlanClass | None = None,
    act: str = "",
    note: str = "",
) -> PlanRow:
    """Send a pupil into another class of the planned grade, or decide what only the head decides.

    Errors:  ROL-06 the pupil has moved already, the class is of another grade or school, or the outcome is not
             for a person to decide. Nothing is written then.
    """
    actor.require(Permission.ROLLOVER_PLAN, on=row.school_id)
    check_years(row.from_year)
    hold(row.from_year, [row.school_id], wait=False)
    row = PlanRow.objects.select_related("enrolment").get(pk=row.pk)
    if row.rule_code == "D1":
        raise RolloverError(
            "Học sinh này đã kết chuyển. Hãy chuyển lớp trong năm học mới.",
            code="ROL-06",
        )
    if act:
        actor.require(Permission.ROLLOVER_CONFIRM, on=row.school_id)
        if not can_decide(row):
            raise RolloverError(
                "Kết quả của học sinh này do quy định quyết định, không chọn tay. Hãy sửa kết quả cuối năm.",
                code="ROL-06",
            )
        if act not in allowed_acts(row):
            raise RolloverError("Quyết định này không áp dụng được cho khối lớp của học sinh.", code="ROL-06")
    if plan_class and (plan_class.school_id != row.school_id or plan_class.from_year != row.from_year):
        raise RolloverError("Lớp đã chọn không thuộc trường này.", code="ROL-06")
    if plan_class and not act and plan_class.grade_code != row.target_grade_code:
        raise RolloverError(
            f"Lớp {plan_class.name} không thuộc khối mà học sinh sẽ học. Hãy chọn lớp cùng khối.",
            code="ROL-06",
        )
    choice, _ = Choice.objects.get_or_create(
        from_year=row.from_year,
        enrolment_id=row.enrolment_id,
        defaults={"school_id": row.school_id},
    )
    choice.plan_class = plan_class or choice.plan_class
    choice.act = act or choice.act
    choice.note = note or choice.note
    choice.account_id = actor.account_id
    choice.chosen_at = timezone.now()
    choice.save()
    write_plan(from_year=row.from_year, school_ids=[row.school_id])
    record(
        actor=actor,
        kind="rollover:choose",
        unit_id=row.school_id,
        data={
            "enrolment": row.enrolment_id,
            "act": choice.act,
            "class": choice.plan_class_id,
            "note": choice.note,
        },
    )
    return PlanRow.objects.select_related("plan_class").get(pk=row.pk)


@transaction.atomic
def withdraw_decision(*, actor: Actor, row: PlanRow) -> PlanRow:
    """Take back what the head decided about a pupil: the pupil waits for a decision again; a chosen class goes with it.

    Errors:  ROL-06 the pupil has moved already, or nothing was decided. Nothing is written then.
    """
    actor.require(Permission.ROLLOVER_CONFIRM, on=row.school_id)
    check_years(row.from_year)
    hold(row.from_year, [row.school_id], wait=False)
    row = PlanRow.objects.get(pk=row.pk)
    if row.rule_code == "D1":
        raise RolloverError("Học sinh này đã kết chuyển. Hãy hoàn tác kết chuyển trước.", code="ROL-06")
    choice = Choice.objects.filter(from_year=row.from_year, enrolment_id=row.enrolment_id).exclude(act="").first()
    if choice is None:
        raise RolloverError("Chưa có quyết định nào để rút.", code="ROL-06")
    said = {"enrolment": row.enrolment_id, "act": choice.act, "note": choice.note}
    choice.delete()
    write_plan(from_year=row.from_year, school_ids=[row.school_id])
    record(actor=actor, kind="rollover:withdraw_decision", unit_id=row.school_id, data=said)
    return PlanRow.objects.select_related("plan_class").get(pk=row.pk)


@transaction.atomic
def rename_plan_class(*, actor: Actor, plan_class: PlanClass, name: str) -> PlanClass:
    """Give a class of the new year another name than last year's with the next number.

    Errors:  ROL-06 empty, too long, or used by another class of the plan.
    """
    actor.require(Permission.ROLLOVER_PLAN, on=plan_class.school_id)
    check_years(plan_class.from_year)
    hold(plan_class.from_year, [plan_class.school_id], wait=False)
    name = squeeze(name)
    if not name or len(name) > 60:
        raise RolloverError("Tên lớp mới phải có từ 1 đến 60 ký tự.", code="ROL-06")
    others = PlanClass.objects.filter(from_year=plan_class.from_year, school_id=plan_class.school_id, name__iexact=name)
    if others.exclude(pk=plan_class.pk).exists():
        raise RolloverError(f"Tên lớp {name} đã dùng cho một lớp khác của năm học mới.", code="ROL-06")
    plan_class.name = name
    plan_class.is_name_chosen = True
    plan_class.save(update_fields=["name", "is_name_chosen"])
    write_plan(from_year=plan_class.from_year, school_ids=[plan_class.school_id])
    record(
        actor=actor,
        kind="rollover:rename_class",
        unit_id=plan_class.school_id,
        data={"source_class": plan_class.source_class_id, "name": name},
    )
    return plan_class
