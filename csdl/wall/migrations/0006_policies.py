from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0008_inspection_ground"),
        ("accounts", "0008_remembered_devices"),
        ("audit", "0005_chain_per_unit"),
        ("codes", "0002_initial"),
        ("delegation", "0008_follow_work"),
        ("documents", "0003_inspection_kind"),
        ("dossier", "0002_touch"),
        ("exports", "0002_never_ones_own"),
        ("intake", "0004_importrow_kept"),
        ("jobs", "0002_touch_and_unit"),
        ("orgs", "0005_version_of_today"),
        ("reports", "0009_erased_persons"),
        ("rollover", "0009_claimed_in_todays_scope"),
        ("staff", "0009_head_decision_file"),
        ("students", "0009_touch_papers"),
        ("years", "0008_class_rights_follow"),
        ("wall", "0005_policies"),
    ]
    operations = [sql_file(__file__, "0006_policies")]
