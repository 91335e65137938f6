"""Rows on their way into the database: collected as COPY text, table by table, and written in the order of the keys.

Numbers are taken from the tables' own sequences, which are moved once at the end; the tables are locked against other
writers meanwhile, so that no number is given twice.
"""

import random
from dataclasses import dataclass, field

from django.db import connection
from psycopg.sql import SQL, Identifier

__all__ = ["MADE_UP", "NULL", "Sheets", "public_id"]

NULL = "\\N"
# Marks records that nobody may take for real ones, also among real schools.
MADE_UP = '{"made_up": true}'

# In the order in which one table needs another.
_COLUMNS = {
    "orgs_orgunit": "id, public_id, code, name, kind, parent_id, opened_on",
    "orgs_unitversion": "id, unit_id, name, kind, parent_id, valid_from",
    "orgs_school": "unit_id, source",
    "orgs_schoolprofile": "id, school_id, start_year, level_group_code, ownership_code, school_type_code,"
    " national_standard_code, area_code, region_code, province_code, district_code, commune_code, address, phone,"
    " email, website, is_active, is_confirmed, extra",
    "orgs_schoollevel": "id, school_id, start_year, level_code",
    "orgs_schoolsite": "id, public_id, school_id, start_year, code, name, is_main, commune_code, address, extra",
    "staff_staffmember": "id, public_id, full_name, birth_date, gender_code, ethnic_code, citizen_id_no, id_state,"
    " moet_code, phone, email, qualification_code, training_standard_code, teacher_subject_code, extra",
    "staff_staffposting": "id, public_id, staff_id, unit_id, valid_from, valid_to, staff_group_code, position_code,"
    " status_code, contract_code, rank_code, level_codes, extra",
    "staff_staffyear": "id, start_year, posting_id, unit_id, concurrent_duty_codes, periods_per_week, rating_code,"
    " standard_code, is_confirmed",
    "staff_unithead": "id, unit_id, staff_id, valid_from, is_acting, decision_no",
    "years_schoolclass": "id, public_id, start_year, school_id, name, grade_code, level_code, age_group_code,"
    " mixed_age, site_id, is_combined, session_code, sessions_per_week_code, is_gifted, gifted_stream_code,"
    " is_semi_boarding, fl1_code, fl2_code, is_special, seq_no, is_confirmed, extra",
    "years_homeroomassignment": "id, class_id, staff_id, valid_from, state",
    "years_teachingassignment": "id, class_id, subject_code, staff_id, semester, periods_per_week, state",
    "students_student": "id, public_id, full_name, birth_date, gender_code, ethnic_code, nationality_code,"
    " religion_code, citizen_id_no, id_state, moet_code, local_code, birth_place, origin_place, permanent_commune_code,"
    " permanent_address, current_commune_code, current_address, phone, email, policy_code, is_disabled,"
    " disability_code, extra",
    "students_guardian": "id, public_id, student_id, relation, full_name, birth_year, occupation, workplace, phone,"
    " citizen_id_no",
    "years_enrolment": "id, public_id, start_year, student_id, school_id, class_id, first_class_id, grade_code,"
    " enrolled_on, left_on, status_code, status_on, admission_kind, leaving_reason_code, transfer_destination_code,"
    " repeat_count",
    "years_classmove": "id, start_year, enrolment_id, from_class_id, to_class_id, moved_on",
    "years_yearresult": "id, start_year, enrolment_id, outcome, regime, learning_level, training_level, absence_count,"
    " decided_on",
}


def public_id(rng: random.Random) -> str:
    """A random UUID of version 4 from the build's own stream, so that the same seed gives the same addresses."""
    bits = rng.getrandbits(122)
    return f"{bits >> 74:012x}4{bits >> 62 & 0xFFF:03x}8{bits & 0x0FFF_FFFF_FFFF_FFFF:015x}"


@dataclass
class Sheets:
    """Lines waiting for COPY, and the last number given of each table."""

    lines: dict[str, list[str]] = field(default_factory=lambda: {table: [] for table in _COLUMNS})
    last_ids: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COLUMNS, 0))

    @classmethod
    def opened(cls) -> "Sheets":
        """Lock the tables against other writers and read where their numbers stand."""
        sheets = cls()
        with connection.cursor() as cursor:
            # Deferred keys would pile up a check for each of millions of rows until the commit.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in _COLUMNS:
                cursor.execute(SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(Identifier(table)))
                if not _COLUMNS[table].startswith("id,"):
                    continue
                cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
                (sequence,) = cursor.fetchone()
                cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608 (from the catalogue)
                last, is_called = cursor.fetchone()
                sheets.last_ids[table] = last if is_called else last - 1
        return sheets

    def add(self, table: str, *values: object) -> int:
        """One row after the next number; answers that number. For tables of hundreds, not for pupils."""
        number = self.next_id(table)
        self.lines[table].append("\t".join([str(number), *map(str, values)]) + "\n")
        return number

    def next_id(self, table: str) -> int:
        number = self.last_ids[table] + 1
        self.last_ids[table] = number
        return number

    def flush(self) -> None:
        """Send all waiting lines."""
        with connection.cursor() as cursor:
            for table, columns in _COLUMNS.items():
                lines = self.lines[table]
                if not lines:
                    continue
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    copy.write("".join(lines))
                self.written[table] += len(lines)
                lines.clear()

    def close(self) -> None:
        """Send the rest, move the sequences behind the numbers given, refresh the planner's statistics."""
        self.flush()
        with connection.cursor() as cursor:
            for table, number in self.last_ids.items():
                if self.written[table]:
                    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, number])
            for table, count in self.written.items():
                if count:
                    cursor.execute(SQL("ANALYZE {}").format(Identifier(table)))
