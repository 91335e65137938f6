from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_touch")]
    operations = [sql_file(__file__, "0003_run_numbers")]
