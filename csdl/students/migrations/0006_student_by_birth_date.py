from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("students", "0005_find_by_name")]
    operations = [
        migrations.AddIndex(
            model_name="student",
            index=models.Index(fields=["birth_date", "sort_key", "id"], name="student_by_birth_date"),
        ),
    ]
