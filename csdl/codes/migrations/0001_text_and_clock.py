from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = []
    operations = [sql_file(__file__, "0001_text_and_clock")]
