from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("staff", "0003_person_makers")]
    operations = [sql_file(__file__, "0004_ties")]
