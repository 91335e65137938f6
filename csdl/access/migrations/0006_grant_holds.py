from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("access", "0005_scope_masks")]
    operations = [sql_file(__file__, "0006_grant_holds")]
