from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_explained_rows")]
    operations = [sql_file(__file__, "0006_fill_explained_rows")]
