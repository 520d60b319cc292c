"""The tables of visits and events and, after them, the tables of their history."""

import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import pghistory.utils
import r1540.as_at.names
import r1540.as_at.rules
import r1540.as_at.when
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('states', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked', models.BooleanField(default=False, editable=False, verbose_name='checked against its source')),
                ('published', models.BooleanField(default=False, editable=False)),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published in this record at')),
                ('reference', models.CharField(blank=True, help_text='Empty: made from the State and the date.', max_length=60, unique=True, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9][A-Za-z0-9-]*\\Z', 'Letters, digits and hyphens only.')])),
                ('certainty', models.CharField(choices=[('document-cited', 'Cited document'), ('message', 'Message of the Chair'), ('public record', 'Public record'), ('confirmed', 'Confirmed'), ('press', 'Press'), ('by elimination', 'By elimination, from press'), ('inferred', 'Inferred')], default='document-cited', max_length=20)),
                ('note', models.TextField(blank=True, help_text='Public.')),
                ('internal_note', models.TextField(blank=True, help_text='For staff only. Never public.')),
                ('state', models.ForeignKey(help_text='The host, or the State it was for.', on_delete=django.db.models.deletion.PROTECT, related_name='events', to='states.state', verbose_name='State')),
                ('kind', models.CharField(choices=[('regional workshop', 'Regional workshop'), ('reporting workshop', 'Reporting workshop'), ('national roundtable', 'National round table'), ('country-specific activity', 'Country-specific activity'), ('points of contact training', 'Training of points of contact')], max_length=30)),
                ('title', models.CharField(max_length=250)),
                ('sort_title', models.GeneratedField(db_persist=True, expression=r1540.as_at.names.Fold('title'), output_field=models.TextField(db_collation='C'))),
                ('place', models.CharField(blank=True, max_length=100)),
                ('starts', r1540.as_at.when.WhenField(help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', verbose_name='first day')),
                ('ends', r1540.as_at.when.WhenField(blank=True, help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True, verbose_name='last day')),
                ('organizers', models.CharField(blank=True, help_text='As the source names them.', max_length=250)),
                ('link', models.URLField(blank=True, max_length=400, validators=[django.core.validators.URLValidator(['http', 'https'])])),
                ('sources', models.ManyToManyField(blank=True, related_name='%(class)s_set', to='states.source')),
                ('organizations', models.ManyToManyField(blank=True, related_name='events', to='states.organization', verbose_name='organizations that organized it or took part')),
            ],
            options={
                'ordering': ['starts', 'sort_title', 'pk'],
                'permissions': [('check_event', 'Can check events against their source'), ('publish_event', 'Can publish and unpublish events')],
                'indexes': [models.Index(condition=models.Q(('published', True)), fields=['starts', 'sort_title', 'id'], name='event_by_day'), django.contrib.postgres.indexes.GinIndex(r1540.as_at.names.Words('sort_title'), name='event_words_of_title')],
                'constraints': [models.CheckConstraint(condition=models.Q(('certainty', 'recollection'), _negated=True), name='event_not_from_recollection', violation_error_message='What is known from recollection only is not recorded as a fact.'), models.CheckConstraint(condition=models.Q(('starts__latest__gte', datetime.date(2004, 4, 28)), models.Q(('starts__earliest__gte', datetime.date(2004, 4, 28)), ('starts__earliest__isnull', True), _connector='OR')), name='event_starts_since_adoption', violation_error_message='Nothing is recorded before 28 April 2004, when resolution 1540 (2004) was adopted. If only the year is known, write “between 28 April and 31 December 2004”.'), models.CheckConstraint(condition=models.Q(('ends__latest__gte', datetime.date(2004, 4, 28)), models.Q(('ends__earliest__gte', datetime.date(2004, 4, 28)), ('ends__earliest__isnull', True), _connector='OR')), name='event_ends_since_adoption', violation_error_message='Nothing is recorded before 28 April 2004, when resolution 1540 (2004) was adopted. If only the year is known, write “between 28 April and 31 December 2004”.'), models.CheckConstraint(condition=models.Q(('ends__latest__gte', models.F('starts__earliest')), ('ends__isnull', True), ('starts__earliest__isnull', True), _connector='OR'), name='event_ends_after_start', violation_error_message='An event cannot end before it starts.')],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked', models.BooleanField(default=False, editable=False, verbose_name='checked against its source')),
                ('published', models.BooleanField(default=False, editable=False)),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published in this record at')),
                ('reference', models.CharField(blank=True, help_text='Empty: made from the State and the date.', max_length=60, unique=True, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9][A-Za-z0-9-]*\\Z', 'Letters, digits and hyphens only.')])),
                ('certainty', models.CharField(choices=[('document-cited', 'Cited document'), ('message', 'Message of the Chair'), ('public record', 'Public record'), ('confirmed', 'Confirmed'), ('press', 'Press'), ('by elimination', 'By elimination, from press'), ('inferred', 'Inferred')], default='document-cited', max_length=20)),
                ('note', models.TextField(blank=True, help_text='Public.')),
                ('internal_note', models.TextField(blank=True, help_text='For staff only. Never public.')),
                ('state', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='states.state', verbose_name='State')),
                ('kind', models.CharField(choices=[('at invitation', 'At invitation'), ('joint', 'Joint, led by the Counter-Terrorism Committee')], default='at invitation', max_length=15)),
                ('invited', r1540.as_at.when.WhenField(blank=True, help_text="Date of the State's invitation. As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.", null=True)),
                ('starts', r1540.as_at.when.WhenField(blank=True, help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True, verbose_name='first day')),
                ('ends', r1540.as_at.when.WhenField(blank=True, help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True, verbose_name='last day')),
                ('postponed', r1540.as_at.when.WhenField(blank=True, help_text='When it was put off; enter the new first day when it is known. As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True)),
                ('cancelled', r1540.as_at.when.WhenField(blank=True, help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True)),
                ('stated_order', models.PositiveSmallIntegerField(blank=True, help_text='Its place in the order of visits as a source states it. Used only where the days are not known.', null=True, validators=[django.core.validators.MinValueValidator(1)])),
                ('purpose', models.TextField(blank=True)),
                ('programme', models.TextField(blank=True)),
                ('took_part', models.TextField(blank=True, help_text='Functions and bodies, no names of persons.', verbose_name='who took part')),
                ('follow_up', models.TextField(blank=True, verbose_name='follow-up')),
                ('link', models.URLField(blank=True, max_length=400, validators=[django.core.validators.URLValidator(['http', 'https'])])),
                ('sources', models.ManyToManyField(blank=True, related_name='%(class)s_set', to='states.source')),
                ('organizations', models.ManyToManyField(blank=True, related_name='visits', to='states.organization', verbose_name='organizations that took part')),
            ],
            options={
                'ordering': [models.OrderBy(models.F('starts'), nulls_last=True), models.OrderBy(models.F('stated_order'), nulls_last=True), 'pk'],
                'permissions': [('check_visit', 'Can check visits against their source'), ('publish_visit', 'Can publish and unpublish visits')],
                'constraints': [models.CheckConstraint(condition=models.Q(('certainty', 'recollection'), _negated=True), name='visit_not_from_recollection', violation_error_message='What is known from recollection only is not recorded as a fact.'), models.CheckConstraint(condition=models.Q(('invited__latest__gte', datetime.date(2004, 4, 28)), models.Q(('invited__earliest__gte', datetime.date(2004, 4, 28)), ('invited__earliest__isnull', True), _connector='OR')), name='visit_invited_since_adoption', violation_error_message='Nothing is recorded before 28 April 2004, when resolution 1540 (2004) was adopted. If only the year is known, write “between 28 April and 31 December 2004”.'), models.CheckConstraint(condition=models.Q(('starts__latest__gte', datetime.date(2004, 4, 28)), models.Q(('starts__earliest__gte', datetime.date(2004, 4, 28)), ('starts__earliest__isnull', True), _connector='OR')), name='visit_starts_since_adoption', violation_error_message='Nothing is recorded before 28 April 2004, when resolution 1540 (2004) was adopted. If only the year is known, write “between 28 April and 31 December 2004”.'), models.CheckConstraint(condition=models.Q(('ends__latest__gte', datetime.date(2004, 4, 28)), models.Q(('ends__earliest__gte', datetime.date(2004, 4, 28)), ('ends__earliest__isnull', True), _connector='OR')), name='visit_ends_since_adoption', violation_error_message='Nothing is recorded before 28 April 2004, when resolution 1540 (2004) was adopted. If only the year is known, write “between 28 April and 31 December 2004”.'), models.CheckConstraint(condition=models.Q(('postponed__latest__gte', datetime.date(2004, 4, 28)), models.Q(('postponed__earliest__gte', datetime.date(2004, 4, 28)), ('postponed__earliest__isnull', True), _connector='OR')), name='visit_postponed_since_adoption', violation_error_message='Nothing is recorded before 28 April 2004, when resolution 1540 (2004) was adopted. If only the year is known, write “between 28 April and 31 December 2004”.'), models.CheckConstraint(condition=models.Q(('cancelled__latest__gte', datetime.date(2004, 4, 28)), models.Q(('cancelled__earliest__gte', datetime.date(2004, 4, 28)), ('cancelled__earliest__isnull', True), _connector='OR')), name='visit_cancelled_since_adoption', violation_error_message='Nothing is recorded before 28 April 2004, when resolution 1540 (2004) was adopted. If only the year is known, write “between 28 April and 31 December 2004”.'), models.CheckConstraint(condition=models.Q(('invited__isnull', False), ('starts__isnull', False), _connector='OR'), name='visit_has_a_day', violation_error_message='Say when the State invited the Committee, or when the visit started, as far as it is known.'), models.CheckConstraint(condition=models.Q(('ends__isnull', True), ('starts__isnull', False), _connector='OR'), name='visit_ends_with_a_start', violation_error_message='Say when the visit started too, as far as it is known: at the latest, by its last day.'), models.CheckConstraint(condition=models.Q(('ends__latest__gte', models.F('starts__earliest')), ('ends__isnull', True), ('starts__earliest__isnull', True), _connector='OR'), name='visit_ends_after_start', violation_error_message='A visit cannot end before it starts.'), models.CheckConstraint(condition=models.Q(('starts__latest__gte', models.F('invited__earliest')), ('starts__isnull', True), ('invited__earliest__isnull', True), _connector='OR'), name='visit_starts_after_invitation', violation_error_message='A visit cannot start before its invitation.'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('cancelled__isnull', True), ('starts__earliest', models.F('starts__latest')), ('starts__earliest__isnull', False), ('starts__isnull', False), models.Q(('ends__isnull', True), models.Q(('ends__earliest', models.F('ends__latest')), ('ends__earliest__isnull', False)), _connector='OR')), expressions=[('state', '='), (r1540.as_at.rules.DateRange(models.F('starts__earliest'), django.db.models.functions.comparison.Greatest(models.F('ends__latest'), models.F('starts__latest')), models.Value('[]')), '&&')], name='visit_without_overlap', violation_error_message='Another visit to this State is recorded on these days.')],
            },
        ),
        migrations.CreateModel(
            name='EventSources',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('visits.event_sources',),
        ),
        migrations.CreateModel(
            name='EventOrganizations',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('visits.event_organizations',),
        ),
        migrations.CreateModel(
            name='VisitSources',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('visits.visit_sources',),
        ),
        migrations.CreateModel(
            name='VisitOrganizations',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('visits.visit_organizations',),
        ),
        migrations.CreateModel(
            name='EventEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_login', models.TextField(db_default=models.Func(output_field=models.TextField(), template='session_user'))),
                ('pgh_transaction', models.BigIntegerField(db_default=models.Func(output_field=models.BigIntegerField(), template='pg_current_xact_id()::text::bigint'))),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.event')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('checked', models.BooleanField(default=False, editable=False, verbose_name='checked against its source')),
                ('published', models.BooleanField(default=False, editable=False)),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published in this record at')),
                ('reference', models.CharField(blank=True, help_text='Empty: made from the State and the date.', max_length=60, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9][A-Za-z0-9-]*\\Z', 'Letters, digits and hyphens only.')])),
                ('certainty', models.CharField(choices=[('document-cited', 'Cited document'), ('message', 'Message of the Chair'), ('public record', 'Public record'), ('confirmed', 'Confirmed'), ('press', 'Press'), ('by elimination', 'By elimination, from press'), ('inferred', 'Inferred')], default='document-cited', max_length=20)),
                ('note', models.TextField(blank=True, help_text='Public.')),
                ('internal_note', models.TextField(blank=True, help_text='For staff only. Never public.')),
                ('state', models.ForeignKey(db_constraint=False, help_text='The host, or the State it was for.', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.state', verbose_name='State')),
                ('kind', models.CharField(choices=[('regional workshop', 'Regional workshop'), ('reporting workshop', 'Reporting workshop'), ('national roundtable', 'National round table'), ('country-specific activity', 'Country-specific activity'), ('points of contact training', 'Training of points of contact')], max_length=30)),
                ('title', models.CharField(max_length=250)),
                ('place', models.CharField(blank=True, max_length=100)),
                ('starts', r1540.as_at.when.WhenField(help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', verbose_name='first day')),
                ('ends', r1540.as_at.when.WhenField(blank=True, help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True, verbose_name='last day')),
                ('organizers', models.CharField(blank=True, help_text='As the source names them.', max_length=250)),
                ('link', models.URLField(blank=True, max_length=400, validators=[django.core.validators.URLValidator(['http', 'https'])])),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EventSourcesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_login', models.TextField(db_default=models.Func(output_field=models.TextField(), template='session_user'))),
                ('pgh_transaction', models.BigIntegerField(db_default=models.Func(output_field=models.BigIntegerField(), template='pg_current_xact_id()::text::bigint'))),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.eventsources')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('event', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.event')),
                ('source', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.source')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EventOrganizationsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_login', models.TextField(db_default=models.Func(output_field=models.TextField(), template='session_user'))),
                ('pgh_transaction', models.BigIntegerField(db_default=models.Func(output_field=models.BigIntegerField(), template='pg_current_xact_id()::text::bigint'))),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.eventorganizations')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('event', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.event')),
                ('organization', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.organization')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='VisitEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_login', models.TextField(db_default=models.Func(output_field=models.TextField(), template='session_user'))),
                ('pgh_transaction', models.BigIntegerField(db_default=models.Func(output_field=models.BigIntegerField(), template='pg_current_xact_id()::text::bigint'))),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.visit')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('checked', models.BooleanField(default=False, editable=False, verbose_name='checked against its source')),
                ('published', models.BooleanField(default=False, editable=False)),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published in this record at')),
                ('reference', models.CharField(blank=True, help_text='Empty: made from the State and the date.', max_length=60, validators=[django.core.validators.RegexValidator('\\A[A-Za-z0-9][A-Za-z0-9-]*\\Z', 'Letters, digits and hyphens only.')])),
                ('certainty', models.CharField(choices=[('document-cited', 'Cited document'), ('message', 'Message of the Chair'), ('public record', 'Public record'), ('confirmed', 'Confirmed'), ('press', 'Press'), ('by elimination', 'By elimination, from press'), ('inferred', 'Inferred')], default='document-cited', max_length=20)),
                ('note', models.TextField(blank=True, help_text='Public.')),
                ('internal_note', models.TextField(blank=True, help_text='For staff only. Never public.')),
                ('state', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.state', verbose_name='State')),
                ('kind', models.CharField(choices=[('at invitation', 'At invitation'), ('joint', 'Joint, led by the Counter-Terrorism Committee')], default='at invitation', max_length=15)),
                ('invited', r1540.as_at.when.WhenField(blank=True, help_text="Date of the State's invitation. As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.", null=True)),
                ('starts', r1540.as_at.when.WhenField(blank=True, help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True, verbose_name='first day')),
                ('ends', r1540.as_at.when.WhenField(blank=True, help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True, verbose_name='last day')),
                ('postponed', r1540.as_at.when.WhenField(blank=True, help_text='When it was put off; enter the new first day when it is known. As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True)),
                ('cancelled', r1540.as_at.when.WhenField(blank=True, help_text='As far as it is known. For example: 27 October 2004, October 2004, 2004, between 13 and 17 January 2014, or by 1 June 2022.', null=True)),
                ('stated_order', models.PositiveSmallIntegerField(blank=True, help_text='Its place in the order of visits as a source states it. Used only where the days are not known.', null=True, validators=[django.core.validators.MinValueValidator(1)])),
                ('purpose', models.TextField(blank=True)),
                ('programme', models.TextField(blank=True)),
                ('took_part', models.TextField(blank=True, help_text='Functions and bodies, no names of persons.', verbose_name='who took part')),
                ('follow_up', models.TextField(blank=True, verbose_name='follow-up')),
                ('link', models.URLField(blank=True, max_length=400, validators=[django.core.validators.URLValidator(['http', 'https'])])),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='VisitSourcesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_login', models.TextField(db_default=models.Func(output_field=models.TextField(), template='session_user'))),
                ('pgh_transaction', models.BigIntegerField(db_default=models.Func(output_field=models.BigIntegerField(), template='pg_current_xact_id()::text::bigint'))),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.visitsources')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('visit', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.visit')),
                ('source', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.source')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='VisitOrganizationsEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_login', models.TextField(db_default=models.Func(output_field=models.TextField(), template='session_user'))),
                ('pgh_transaction', models.BigIntegerField(db_default=models.Func(output_field=models.BigIntegerField(), template='pg_current_xact_id()::text::bigint'))),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.visitorganizations')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('visit', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='visits.visit')),
                ('organization', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.organization')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
    ]
