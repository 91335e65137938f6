from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("staff", "0005_head_decision_day"), ("accounts", "0003_token_lifetime")]
    operations = [sql_file(__file__, "0006_found_elsewhere")]
