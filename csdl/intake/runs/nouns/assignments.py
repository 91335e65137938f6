"""Who leads a class and who teaches it what: found by what the row says, the teacher by name or code at the school."""

from csdl.accounts.permissions import Permission
from csdl.intake.runs.noun import Finding, Judge, Noun

__all__ = ["HOMEROOM", "TEACHING"]


def _judge() -> Judge:
    def judge(_values: object) -> list[Finding]:
        return []

    return judge


HOMEROOM = Noun(
    name="homeroom",
    title="Chủ nhiệm",
    permissions=(Permission.ASSIGNMENT_EDIT,),
    label="class_name",
    class_key="class_name",
    stands="102_read_homerooms_now",
    judge=_judge,
    plan=(
        "33_gather_classes",
        "100_find_assigned",
        "101_match_homerooms",
        "102_read_homerooms_now",
        "103_check_homerooms",
    ),
    write=("104_end_homerooms", "105_insert_homerooms", "106_update_homerooms"),
    take_back=("107_delete_homerooms", "108_reopen_homerooms", "106_update_homerooms"),
    depends=("109_depends_homerooms",),
)

TEACHING = Noun(
    name="teaching",
    title="Phân công giảng dạy",
    permissions=(Permission.ASSIGNMENT_EDIT,),
    label="class_name",
    class_key="class_name",
    stands="111_read_teaching_now",
    judge=_judge,
    plan=(
        "33_gather_classes",
        "100_find_assigned",
        "110_match_teaching",
        "111_read_teaching_now",
        "112_check_teaching",
    ),
    write=("113_insert_teaching", "114_update_teaching"),
    take_back=("115_delete_teaching", "114_update_teaching"),
    depends=("116_depends_teaching",),
)
