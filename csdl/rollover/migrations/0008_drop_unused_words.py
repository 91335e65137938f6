"""Two columns that nothing ever filled: the rule's sentence says why, and a run that fails leaves no row."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("rollover", "0007_run_states")]

    operations = [
        migrations.RemoveField(model_name="planrow", name="detail"),
        migrations.RemoveField(model_name="rolloverrun", name="message"),
    ]
