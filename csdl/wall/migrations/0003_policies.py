from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_touch_and_units_above"),
        ("accounts", "0003_token_lifetime"),
        ("audit", "0003_sealing_order"),
        ("codes", "0002_initial"),
        ("intake", "0002_touch"),
        ("jobs", "0002_touch_and_unit"),
        ("orgs", "0004_touch"),
        ("rollover", "0007_run_states"),
        ("staff", "0004_ties"),
        ("students", "0003_person_makers"),
        ("years", "0003_ties"),
        ("wall", "0002_policies"),
    ]
    operations = [sql_file(__file__, "0003_policies")]
