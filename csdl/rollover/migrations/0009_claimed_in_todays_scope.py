from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("rollover", "0008_drop_unused_words"),
        ("access", "0005_scope_masks"),
    ]
    operations = [sql_file(__file__, "0009_claimed_in_todays_scope")]
