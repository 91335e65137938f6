"""What the rollover tells the modules below it: which classes a plan of the next year goes on from."""

from collections.abc import Collection, Mapping

from csdl.rollover.models import PlanClass
from csdl.years.class_ties import register_class_tie


def planned_classes(class_ids: Collection[int]) -> Mapping[int, list[str]]:
    """Classes that a plan continues, or shapes an entry class by."""
    rows = PlanClass.objects.filter(source_class__in=class_ids).values_list("source_class_id", "from_year")
    return {key: [f"lớp đã có trong kế hoạch kết chuyển từ năm học {year}-{year + 1}"] for key, year in rows}


register_class_tie(planned_classes)
