"""Sites of a school's year: matched by our record, by code, by name."""

from csdl.accounts.permissions import Permission
from csdl.intake.runs.noun import Finding, Judge, Noun

__all__ = ["SITES"]


def _judge() -> Judge:
    def judge(_values: object) -> list[Finding]:
        return []

    return judge


SITES = Noun(
    name="sites",
    title="Điểm trường",
    permissions=(Permission.SCHOOL_EDIT,),
    label="name",
    stands="61_read_sites_now",
    judge=_judge,
    plan=("60_match_sites", "61_read_sites_now", "62_read_sites_base", "63_check_sites"),
    write=("64_insert_sites", "65_update_sites"),
    take_back=("66_delete_sites", "65_update_sites"),
    depends=("67_depends_sites",),
)
