from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("rollover", "0004_claimed_elsewhere")]
    operations = [sql_file(__file__, "0005_new_year_rows_count_even_if_left")]
