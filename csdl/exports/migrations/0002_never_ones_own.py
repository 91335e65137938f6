from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_requests"), ("codes", "0001_text_and_clock")]
    operations = [sql_file(__file__, "0002_never_ones_own")]
