"""How the records of a school year, and the students in them, are reached: from the school's unit or from the class.

Students and guardians are declared here because enrolments are the tie by which anybody reaches them.
"""

from csdl.access.models import Grant
from csdl.accounts.permissions import Area
from csdl.lib.gate import Born, Through, Year, declare, declare_open, register_scope_kind
from csdl.students.models import Guardian, Student, StudentPaper
from csdl.years.models import (
    ClassGrade,
    ClassMove,
    ClassScope,
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    ScopeClass,
    TeachingAssignment,
    YearResult,
)

register_scope_kind("class", model=ScopeClass, column="class_id", refresh="csdl_refresh_class_scopes")

_OF_ENROLMENT = ((Enrolment, {"id": "enrolment_id", "start_year": "start_year"}),)

# The class says the year; its own policy only says who reads it.
_YEAR_OF_CLASS = Year("start_year", of=Through(SchoolClass, (("id", "class_id"),)))

declare(SchoolClass, area=Area.CLASSES, unit="school_id", level="level_code", school_class="id", year="start_year")
declare(Enrolment, area=Area.STUDENTS, unit="school_id", grade="grade_code", school_class="class_id", year="start_year")
declare(
    YearResult, area=Area.STUDENTS, writes=Area.RESULTS, through=_OF_ENROLMENT, year="start_year", class_writes=True
)
declare(ClassMove, area=Area.STUDENTS, through=_OF_ENROLMENT, year="start_year")
for assignment in (HomeroomAssignment, TeachingAssignment):
    declare(
        assignment,
        area=Area.CLASSES,
        writes=Area.ASSIGNMENTS,
        through=((SchoolClass, {"id": "class_id"}),),
        year=_YEAR_OF_CLASS,
    )
# A homeroom teacher corrects what stands in the files of the class's pupils, not where they learn.
declare(
    Student,
    area=Area.STUDENTS,
    through=((Enrolment, {"student_id": "id"}),),
    class_writes=True,
    born=Born("created_by", "csdl_student_is_tied"),
)
declare(Guardian, area=Area.STUDENTS, through=((Student, {"id": "student_id"}),), class_writes=True)
declare(StudentPaper, area=Area.STUDENTS, through=((Student, {"id": "student_id"}),), class_writes=True)
declare_open(SchoolYear, because="a calendar", written_by="all", area=Area.YEARS)
declare_open(
    ClassGrade,
    because="grades of classes, no person in it",
    written_by="school_id",
    year="start_year",
    area=Area.CLASSES,
)
declare(ClassScope, area=Area.GRANTS, through=((Grant, {"id": "grant_id"}),))
declare_open(ScopeClass, because="pairs of numbers that the row policies themselves must read")
