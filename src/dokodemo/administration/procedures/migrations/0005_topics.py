from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('procedures', '0004_source_of_the_pack'),
    ]

    operations = [
        migrations.AddField(
            model_name='packinforce',
            name='topics',
            field=models.JSONField(default=list),
        ),
    ]
