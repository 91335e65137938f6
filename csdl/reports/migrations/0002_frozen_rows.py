from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [sql_file(__file__, "0002_frozen_rows")]
