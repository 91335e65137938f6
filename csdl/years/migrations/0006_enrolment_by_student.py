from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("years", "0005_class_scope_masks")]
    operations = [sql_file(__file__, "0006_enrolment_by_student")]
