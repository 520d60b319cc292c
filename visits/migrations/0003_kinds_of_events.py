"""Peer reviews, parliamentary seminars and conferences are kinds of events."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0002_history_and_publication_triggers'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='kind',
            field=models.CharField(choices=[('regional workshop', 'Regional workshop'), ('reporting workshop', 'Reporting workshop'), ('national roundtable', 'National round table'), ('country-specific activity', 'Country-specific activity'), ('points of contact training', 'Training of points of contact'), ('peer review', 'Peer review'), ('parliamentary seminar', 'Parliamentary seminar'), ('conference', 'Conference')], max_length=30),
        ),
        migrations.AlterField(
            model_name='eventevent',
            name='kind',
            field=models.CharField(choices=[('regional workshop', 'Regional workshop'), ('reporting workshop', 'Reporting workshop'), ('national roundtable', 'National round table'), ('country-specific activity', 'Country-specific activity'), ('points of contact training', 'Training of points of contact'), ('peer review', 'Peer review'), ('parliamentary seminar', 'Parliamentary seminar'), ('conference', 'Conference')], max_length=30),
        ),
    ]
