from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("rollover", "0002_class_sums")]
    operations = [sql_file(__file__, "0003_fill")]
