from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("years", "0003_ties"),
        ("students", "0005_find_by_name"),
        ("access", "0003_touch_and_units_above"),
    ]
    operations = [sql_file(__file__, "0004_named_in_reach")]
