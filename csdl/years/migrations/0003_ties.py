from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("years", "0002_assignment_makers")]
    operations = [sql_file(__file__, "0003_ties")]
