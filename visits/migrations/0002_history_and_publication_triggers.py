"""Write the history of each row, refuse what would leave none, and keep the steps to publication (`steps`) true."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0001_tables'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_eventevent" ("certainty", "checked", "ends", "id", "internal_note", "kind", "link", "note", "organizers", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "published", "published_at", "reference", "starts", "state_id", "title") VALUES (NEW."certainty", NEW."checked", NEW."ends", NEW."id", NEW."internal_note", NEW."kind", NEW."link", NEW."note", NEW."organizers", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."place", NEW."published", NEW."published_at", NEW."reference", NEW."starts", NEW."state_id", NEW."title"); RETURN NULL;', hash='5156ab2638832dfc188a1da2b82d2477954b3967', operation='INSERT', pgid='pgtrigger_insert_insert_548f2', table='visits_event', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."certainty" IS DISTINCT FROM (NEW."certainty") OR OLD."checked" IS DISTINCT FROM (NEW."checked") OR OLD."ends" IS DISTINCT FROM (NEW."ends") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."internal_note" IS DISTINCT FROM (NEW."internal_note") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."link" IS DISTINCT FROM (NEW."link") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."organizers" IS DISTINCT FROM (NEW."organizers") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."published" IS DISTINCT FROM (NEW."published") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."starts" IS DISTINCT FROM (NEW."starts") OR OLD."state_id" IS DISTINCT FROM (NEW."state_id") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func='INSERT INTO "visits_eventevent" ("certainty", "checked", "ends", "id", "internal_note", "kind", "link", "note", "organizers", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "published", "published_at", "reference", "starts", "state_id", "title") VALUES (NEW."certainty", NEW."checked", NEW."ends", NEW."id", NEW."internal_note", NEW."kind", NEW."link", NEW."note", NEW."organizers", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."place", NEW."published", NEW."published_at", NEW."reference", NEW."starts", NEW."state_id", NEW."title"); RETURN NULL;', hash='a452c4aa121f36311c9ec1adaebc090d23f1a67f', operation='UPDATE', pgid='pgtrigger_update_update_9417f', table='visits_event', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_eventevent" ("certainty", "checked", "ends", "id", "internal_note", "kind", "link", "note", "organizers", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "published", "published_at", "reference", "starts", "state_id", "title") VALUES (OLD."certainty", OLD."checked", OLD."ends", OLD."id", OLD."internal_note", OLD."kind", OLD."link", OLD."note", OLD."organizers", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."place", OLD."published", OLD."published_at", OLD."reference", OLD."starts", OLD."state_id", OLD."title"); RETURN NULL;', hash='586b6fa87920525f2b0491c72216caf9139cd6f5', operation='DELETE', pgid='pgtrigger_delete_delete_a0171', table='visits_event', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A TRUNCATE would leave no history of the rows of %: delete them.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='dde769aee2b557eeb5cbfdb3af678dee23df6ea7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_a2478', table='visits_event', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."certainty", NEW."note", NEW."state_id", NEW."kind", NEW."title", NEW."place", NEW."starts", NEW."ends", NEW."organizers", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."kind", OLD."title", OLD."place", OLD."starts", OLD."ends", OLD."organizers", OLD."link") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n    END IF;\n    RETURN NEW;\n', hash='fa5548bc384ca897c07f62268ca48ba367c498d0', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_37985', table='visits_event', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventevent',
            trigger=pgtrigger.compiler.Trigger(name='sealed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The history is never changed: no % of %.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='b6d21ff4963d7fdd14da4cc5070f47f5f1b204f8', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_sealed_7bc40', table='visits_eventevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_visitevent" ("cancelled", "certainty", "checked", "ends", "follow_up", "id", "internal_note", "invited", "kind", "link", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postponed", "programme", "published", "published_at", "purpose", "reference", "starts", "state_id", "stated_order", "took_part") VALUES (NEW."cancelled", NEW."certainty", NEW."checked", NEW."ends", NEW."follow_up", NEW."id", NEW."internal_note", NEW."invited", NEW."kind", NEW."link", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."postponed", NEW."programme", NEW."published", NEW."published_at", NEW."purpose", NEW."reference", NEW."starts", NEW."state_id", NEW."stated_order", NEW."took_part"); RETURN NULL;', hash='b7d0c668238c8ae6ef9e56f47947c2008276c9db', operation='INSERT', pgid='pgtrigger_insert_insert_9d6da', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "visits_visitevent" ("cancelled", "certainty", "checked", "ends", "follow_up", "id", "internal_note", "invited", "kind", "link", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postponed", "programme", "published", "published_at", "purpose", "reference", "starts", "state_id", "stated_order", "took_part") VALUES (NEW."cancelled", NEW."certainty", NEW."checked", NEW."ends", NEW."follow_up", NEW."id", NEW."internal_note", NEW."invited", NEW."kind", NEW."link", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."postponed", NEW."programme", NEW."published", NEW."published_at", NEW."purpose", NEW."reference", NEW."starts", NEW."state_id", NEW."stated_order", NEW."took_part"); RETURN NULL;', hash='09d7bad778ab1a3c4e6526ee134a4f926f9f5513', operation='UPDATE', pgid='pgtrigger_update_update_41cf1', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_visitevent" ("cancelled", "certainty", "checked", "ends", "follow_up", "id", "internal_note", "invited", "kind", "link", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postponed", "programme", "published", "published_at", "purpose", "reference", "starts", "state_id", "stated_order", "took_part") VALUES (OLD."cancelled", OLD."certainty", OLD."checked", OLD."ends", OLD."follow_up", OLD."id", OLD."internal_note", OLD."invited", OLD."kind", OLD."link", OLD."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."postponed", OLD."programme", OLD."published", OLD."published_at", OLD."purpose", OLD."reference", OLD."starts", OLD."state_id", OLD."stated_order", OLD."took_part"); RETURN NULL;', hash='b39a2afbf92e4ccba97d27f75bb3feadc2df3e29', operation='DELETE', pgid='pgtrigger_delete_delete_a3dfb', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A TRUNCATE would leave no history of the rows of %: delete them.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='1e2630b147d5c16b340b78def405aef418ef6a8a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_2cd8b', table='visits_visit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."certainty", NEW."note", NEW."state_id", NEW."kind", NEW."invited", NEW."starts", NEW."ends", NEW."postponed", NEW."cancelled", NEW."stated_order", NEW."purpose", NEW."programme", NEW."took_part", NEW."follow_up", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."kind", OLD."invited", OLD."starts", OLD."ends", OLD."postponed", OLD."cancelled", OLD."stated_order", OLD."purpose", OLD."programme", OLD."took_part", OLD."follow_up", OLD."link") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n    END IF;\n    RETURN NEW;\n', hash='ae86febc06332dfa89aff9985ed517e6ae2d81b9', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_fcd76', table='visits_visit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitevent',
            trigger=pgtrigger.compiler.Trigger(name='sealed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The history is never changed: no % of %.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='05bfe89d750636afbe8e641783d1d39599849104', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_sealed_29e38', table='visits_visitevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventorganizations',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_eventorganizationsevent" ("event_id", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."event_id", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id"); RETURN NULL;', hash='feb8de6f354cbe7e634789a51002d1ced651e2ec', operation='INSERT', pgid='pgtrigger_insert_insert_98821', table='visits_event_organizations', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventorganizations',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "visits_eventorganizationsevent" ("event_id", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."event_id", NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id"); RETURN NULL;', hash='8a35eab7b54d3e4ca920190ce7ae68baaf8a013b', operation='UPDATE', pgid='pgtrigger_update_update_4ee87', table='visits_event_organizations', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventorganizations',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_eventorganizationsevent" ("event_id", "id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."event_id", OLD."id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id"); RETURN NULL;', hash='02f3aae3458cb9d7ef92580265795f2cd97b6ac9', operation='DELETE', pgid='pgtrigger_delete_delete_9f8a0', table='visits_event_organizations', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventorganizations',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A TRUNCATE would leave no history of the rows of %: delete them.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='9dcda550eb9ac2566f751b1a461a76b8f12286d4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_59e54', table='visits_event_organizations', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventsources',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_eventsourcesevent" ("event_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id") VALUES (NEW."event_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."source_id"); RETURN NULL;', hash='50053b64a3f7b718fb378170cfd5d304af16f85f', operation='INSERT', pgid='pgtrigger_insert_insert_6245e', table='visits_event_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventsources',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "visits_eventsourcesevent" ("event_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id") VALUES (NEW."event_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."source_id"); RETURN NULL;', hash='1fbce8dd073dfc43660da74912b877729919ed39', operation='UPDATE', pgid='pgtrigger_update_update_4f105', table='visits_event_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventsources',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_eventsourcesevent" ("event_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id") VALUES (OLD."event_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."source_id"); RETURN NULL;', hash='f43738d2ffd17444c8f17988e78a14b9ec6b19c2', operation='DELETE', pgid='pgtrigger_delete_delete_d1475', table='visits_event_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventsources',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A TRUNCATE would leave no history of the rows of %: delete them.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='0cfb8f871a647ef4440126edc9c9bfb1b907818f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_77150', table='visits_event_sources', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitorganizations',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_visitorganizationsevent" ("id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "visit_id") VALUES (NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."visit_id"); RETURN NULL;', hash='84f83db7262387331a28414c89a90088010e6b71', operation='INSERT', pgid='pgtrigger_insert_insert_b71f8', table='visits_visit_organizations', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitorganizations',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "visits_visitorganizationsevent" ("id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "visit_id") VALUES (NEW."id", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."visit_id"); RETURN NULL;', hash='2b7eaa63d7b4fc212f8edc483c288dfe71b0b037', operation='UPDATE', pgid='pgtrigger_update_update_22543', table='visits_visit_organizations', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitorganizations',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_visitorganizationsevent" ("id", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "visit_id") VALUES (OLD."id", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."visit_id"); RETURN NULL;', hash='ac825b8c7be0e175bb1fa694b2f9dbd8757ce233', operation='DELETE', pgid='pgtrigger_delete_delete_b9ae4', table='visits_visit_organizations', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitorganizations',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A TRUNCATE would leave no history of the rows of %: delete them.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='ca625dd3d84bf158933026139c5a8f162c8298c7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_41f95', table='visits_visit_organizations', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitsources',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_visitsourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "visit_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."source_id", NEW."visit_id"); RETURN NULL;', hash='4d11a6cb350010d0bf38477f32f72cfa034473e8', operation='INSERT', pgid='pgtrigger_insert_insert_72161', table='visits_visit_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitsources',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "visits_visitsourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "visit_id") VALUES (NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."source_id", NEW."visit_id"); RETURN NULL;', hash='78a742c5f6a3d2f6a623c5a2eb0bc1868b693ecb', operation='UPDATE', pgid='pgtrigger_update_update_6e809', table='visits_visit_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitsources',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "visits_visitsourcesevent" ("id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id", "visit_id") VALUES (OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."source_id", OLD."visit_id"); RETURN NULL;', hash='7bfba2b1ff50209b63ed81a34f9551fe7311b691', operation='DELETE', pgid='pgtrigger_delete_delete_b32b5', table='visits_visit_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitsources',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A TRUNCATE would leave no history of the rows of %: delete them.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='24963500dc818d573932e2e10b6b014d8ede1393', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_e8e73', table='visits_visit_sources', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventorganizationsevent',
            trigger=pgtrigger.compiler.Trigger(name='sealed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The history is never changed: no % of %.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='f2585f5ecb7741af4442f621a6d8f1f12d8a7432', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_sealed_1a21d', table='visits_eventorganizationsevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventsourcesevent',
            trigger=pgtrigger.compiler.Trigger(name='sealed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The history is never changed: no % of %.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='53eae64ae21b12045d525fdf9387b1d9469cc1f0', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_sealed_ed3a1', table='visits_eventsourcesevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitorganizationsevent',
            trigger=pgtrigger.compiler.Trigger(name='sealed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The history is never changed: no % of %.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='8e9ddbabf2e550982ba550d5e0434a108d3ff916', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_sealed_f4bd4', table='visits_visitorganizationsevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitsourcesevent',
            trigger=pgtrigger.compiler.Trigger(name='sealed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The history is never changed: no % of %.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='2560229bb889608ef4690a2763edfd833b0c0c09', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_sealed_8278e', table='visits_visitsourcesevent', when='BEFORE')),
        ),
    ]
