from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("delegation", "0005_inspections_and_new_texts"),
        ("access", "0008_inspection_ground"),
        ("documents", "0003_inspection_kind"),
    ]
    operations = [sql_file(__file__, "0006_take_up")]
