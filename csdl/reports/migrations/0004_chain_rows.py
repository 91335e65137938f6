from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_chain")]
    operations = [sql_file(__file__, "0004_chain_rows")]
