from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_heads_and_roots")]
    operations = [sql_file(__file__, "0005_chain_per_unit")]
