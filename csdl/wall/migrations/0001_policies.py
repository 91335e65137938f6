from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_initial"),
        ("accounts", "0002_acting_token"),
        ("audit", "0002_seal"),
        ("codes", "0002_initial"),
        ("jobs", "0001_initial"),
        ("orgs", "0002_newest_version"),
        ("rollover", "0001_initial"),
        ("staff", "0001_initial"),
        ("students", "0002_touch"),
        ("years", "0001_initial"),
    ]
    operations = [sql_file(__file__, "0001_policies")]
