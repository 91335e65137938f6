from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_grant_life"),
        ("accounts", "0003_token_lifetime"),
        ("audit", "0003_sealing_order"),
        ("codes", "0002_initial"),
        ("documents", "0002_touch"),
        ("intake", "0004_importrow_kept"),
        ("jobs", "0002_touch_and_unit"),
        ("orgs", "0005_version_of_today"),
        ("reports", "0004_chain_rows"),
        ("rollover", "0008_drop_unused_words"),
        ("staff", "0006_found_elsewhere"),
        ("students", "0009_touch_papers"),
        ("years", "0004_named_in_reach"),
        ("wall", "0005_policies"),
    ]
    operations = [sql_file(__file__, "0006_policies")]
