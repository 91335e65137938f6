from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("delegation", "0001_initial"),
        ("access", "0006_grant_holds"),
        ("years", "0005_class_scope_masks"),
        ("staff", "0006_found_elsewhere"),
        ("codes", "0001_text_and_clock"),
    ]
    operations = [sql_file(__file__, "0002_life")]
