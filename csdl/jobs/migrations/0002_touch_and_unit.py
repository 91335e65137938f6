import django.db.models.fields.json
import django.db.models.functions.comparison
from django.db import migrations, models

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial"), ("codes", "0001_text_and_clock")]
    operations = [
        migrations.AddField(
            model_name="job",
            name="unit_id",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Cast(
                    django.db.models.fields.json.KT("args__unit_id"), models.BigIntegerField()
                ),
                help_text="the unit the run is about, where it is about one",
                output_field=models.BigIntegerField(null=True),
            ),
        ),
        sql_file(__file__, "0002_touch"),
    ]
