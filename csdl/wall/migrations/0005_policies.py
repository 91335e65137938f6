from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_grant_holds"),
        ("accounts", "0006_reaches_beyond"),
        ("audit", "0005_chain_per_unit"),
        ("codes", "0002_initial"),
        ("delegation", "0002_life"),
        ("documents", "0002_touch"),
        ("dossier", "0002_touch"),
        ("intake", "0004_importrow_kept"),
        ("jobs", "0002_touch_and_unit"),
        ("orgs", "0005_version_of_today"),
        ("reports", "0004_chain_rows"),
        ("rollover", "0009_claimed_in_todays_scope"),
        ("staff", "0006_found_elsewhere"),
        ("students", "0009_touch_papers"),
        ("years", "0005_class_scope_masks"),
        ("wall", "0004_policies"),
    ]
    operations = [sql_file(__file__, "0005_policies")]
