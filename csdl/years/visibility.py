"""How the records of a school year, and the students in them, are reached: from the school's unit or from the class.

Students and guardians are declared here because enrolments are the tie by which anybody reaches them.
"""

from csdl.lib.gate import Born, Through, Year, declare, declare_open, register_scope_kind
from csdl.students.models import Guardian, Student, StudentPaper
from csdl.years.actions.scopes import refresh_class_scopes
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

register_scope_kind("class", table="years_scopeclass", column="class_id", refresh=refresh_class_scopes)

_OF_ENROLMENT = ((Enrolment, {"id": "enrolment_id", "start_year": "start_year"}),)

# The class says the year; its own policy only says who reads it.
_YEAR_OF_CLASS = Year("start_year", of=Through(SchoolClass, (("id", "class_id"),)))

declare(SchoolClass, unit="school_id", school_class="id", year="start_year")
declare(Enrolment, unit="school_id", school_class="class_id", year="start_year")
declare(YearResult, through=_OF_ENROLMENT, year="start_year")
declare(ClassMove, through=_OF_ENROLMENT, year="start_year")
declare(HomeroomAssignment, through=((SchoolClass, {"id": "class_id"}),), year=_YEAR_OF_CLASS)
declare(TeachingAssignment, through=((SchoolClass, {"id": "class_id"}),), year=_YEAR_OF_CLASS)
# A homeroom teacher corrects what stands in the files of the class's pupils, not where they learn.
declare(
    Student,
    through=((Enrolment, {"student_id": "id"}),),
    class_writes=True,
    born=Born("created_by", "csdl_student_is_tied"),
)
declare(Guardian, through=((Student, {"id": "student_id"}),), class_writes=True)
declare(StudentPaper, through=((Student, {"id": "student_id"}),), class_writes=True)
declare_open(SchoolYear, because="a calendar", written_by="all")
declare_open(ClassGrade, because="grades of classes, no person in it", written_by="school_id", year="start_year")
declare_open(ScopeClass, because="pairs of numbers that the row policies themselves must read")
declare_open(ClassScope, because="ties a grant to a class; the grant itself is guarded")
