from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_run_numbers")]
    operations = [
        migrations.AddField(
            model_name="importrow",
            name="kept",
            field=models.JSONField(
                db_default={}, default=dict, help_text="what stood before and after, where taking back needs it"
            ),
        )
    ]
