from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("access", "0002_initial"), ("accounts", "0003_token_lifetime"), ("codes", "0001_text_and_clock")]
    operations = [sql_file(__file__, "0003_touch_and_units_above")]
