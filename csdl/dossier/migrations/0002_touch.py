from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("dossier", "0001_initial"), ("codes", "0001_text_and_clock")]
    operations = [sql_file(__file__, "0002_touch")]
