"""The ministry's code lists: what a two-digit code means, and which grade follows which.

Owns the lists; the columns that hold codes live with their records and keep the code itself, as the ministry's files
do. Loaded from `data/*.csv` by `csdl codes load`, which can run again.
"""

from django.db import models

__all__ = ["CodeValue", "Commune", "District", "Grade"]


class CodeValue(models.Model):
    """One value of one list, e.g. student_status 01 "Đang học"."""

    list_name = models.CharField(max_length=40)
    code = models.CharField(max_length=12)
    name_vi = models.CharField(max_length=300)
    sort_no = models.PositiveSmallIntegerField()
    extra = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list_name", "code"], name="a_list_has_each_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_vi}"


class Grade(models.Model):
    """One grade code (khối): its level, what follows it, whether it opens or ends a level.

    `next_code` is empty where the next year depends on something else (preschool: on the birth date) or on
    admission (terminal grades).
    """

    code = models.CharField(max_length=2, primary_key=True)
    name_vi = models.CharField(max_length=60)
    level_code = models.CharField(max_length=2)
    next_code = models.CharField(max_length=2, blank=True)
    number = models.PositiveSmallIntegerField(null=True, help_text="1 to 12; none for preschool and literacy")
    is_entry = models.BooleanField(default=False)
    completed_outcome = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code", "level_code"], name="a_grade_belongs_to_one_level")]

    def __str__(self) -> str:
        return self.name_vi


class District(models.Model):
    """A district as it was before 1/7/2025 (GSO code)."""

    code = models.CharField(max_length=3, primary_key=True)
    name_vi = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    province_code = models.CharField(max_length=2)

    def __str__(self) -> str:
        return self.name_vi


class Commune(models.Model):
    """A commune as it was before 1/7/2025 (GSO code)."""

    code = models.CharField(max_length=5, primary_key=True)
    name_vi = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    district_code = models.CharField(max_length=3, db_index=True)
    province_code = models.CharField(max_length=2)

    def __str__(self) -> str:
        return self.name_vi
