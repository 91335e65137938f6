from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("years", "0006_enrolment_by_student"),
    ]
    operations = [
        sql_file(__file__, "0007_first_named"),
    ]
