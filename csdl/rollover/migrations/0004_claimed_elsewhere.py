from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_initial"),
        ("accounts", "0002_acting_token"),
        ("rollover", "0003_fill"),
        ("years", "0001_initial"),
    ]

    operations = [sql_file(__file__, "0004_claimed_elsewhere")]
