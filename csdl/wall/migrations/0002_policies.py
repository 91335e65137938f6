from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_touch_and_units_above"),
        ("accounts", "0003_token_lifetime"),
        ("audit", "0003_sealing_order"),
        ("codes", "0002_initial"),
        ("jobs", "0002_touch_and_unit"),
        ("orgs", "0002_newest_version"),
        ("rollover", "0006_touch"),
        ("staff", "0002_touch"),
        ("students", "0002_touch"),
        ("years", "0001_initial"),
        ("wall", "0001_policies"),
    ]
    operations = [sql_file(__file__, "0002_policies")]
