from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_chain_per_unit"), ("reports", "0008_erased_person")]
    operations = [sql_file(__file__, "0009_erased_persons")]
