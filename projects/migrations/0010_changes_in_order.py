"""What a purge wrote came after the changes of later revisions, and hid them: their rows are written anew, in order."""

from django.db import migrations
from django.db.models import Max, Min

FIELDS = ('project_id', 'revision_id', 'path', 'before_id', 'after_id', 'renamed_from')


def put_in_order(apps, schema_editor):
    Revision, Change = (apps.get_model('projects', name) for name in ('Revision', 'RevisionChange'))
    firsts = Revision.objects.order_by().values_list('project').annotate(first=Min('number')).filter(first__gt=1)
    for project, first in firsts.iterator():
        ours = Change.objects.filter(project=project)
        newest = ours.filter(revision__number=first).aggregate(last=Max('pk'))['last']
        later = ours.filter(revision__number__gt=first)
        if newest is None or not later.filter(pk__lt=newest).exists():
            continue
        rows = list(later.order_by('revision__number', 'pk').values(*FIELDS))
        later.delete()
        Change.objects.bulk_create([Change(**row) for row in rows], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [('projects', '0009_context_pin')]

    operations = [migrations.RunPython(put_in_order, migrations.RunPython.noop, elidable=True)]
