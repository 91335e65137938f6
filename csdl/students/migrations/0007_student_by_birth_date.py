from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("students", "0006_guardian_end")]
    operations = [
        migrations.AddIndex(
            model_name="student",
            index=models.Index(fields=["birth_date", "sort_key", "id"], name="student_by_birth_date"),
        ),
    ]
