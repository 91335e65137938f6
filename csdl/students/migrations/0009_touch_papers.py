from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("students", "0008_student_papers"), ("codes", "0001_text_and_clock")]
    operations = [sql_file(__file__, "0009_touch_papers")]
