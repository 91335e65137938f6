"""Classes of a school's year: matched by our record or by name; the grade of a class that stands is not changed."""

from csdl.accounts.permissions import Permission
from csdl.intake.runs.noun import Finding, Judge, Noun
from csdl.years.class_ties import tied_to_classes

__all__ = ["CLASSES"]


def _judge() -> Judge:
    def judge(_values: object) -> list[Finding]:
        return []

    return judge


CLASSES = Noun(
    name="classes",
    title="Lớp",
    permissions=(Permission.CLASS_EDIT,),
    label="name",
    class_key="name",
    stands="71_read_classes_now",
    judge=_judge,
    plan=("70_match_classes", "71_read_classes_now", "72_read_classes_base", "73_check_classes"),
    write=("74_insert_classes", "75_update_classes"),
    take_back=("76_delete_classes", "75_update_classes"),
    depends=("77_depends_classes",),
    ties=tied_to_classes,
)
