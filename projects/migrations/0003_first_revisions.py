"""The texts that are there become blobs, and each project's files its first revision (origin: import)."""

import hashlib
import unicodedata

from django.db import migrations


def folded(path):
    return unicodedata.normalize('NFC', unicodedata.normalize('NFD', path).casefold())


def free_name(path, taken):
    """Another name where one differs from an older one in case alone: what nothing forbade before, is now."""
    name, number = path, 2
    while folded(name) in taken:
        name, number = f'{path}~{number}', number + 1
    return name


def carry_over(apps, schema_editor):
    for project in apps.get_model('projects', 'Project').objects.order_by('pk').iterator():
        _first_revision(apps, project)


def _first_revision(apps, project):
    Blob, Revision, Change = (apps.get_model('projects', name) for name in ('Blob', 'Revision', 'RevisionChange'))
    taken, changes = set(), []
    for file in project.files.order_by('pk').iterator():
        data = file.content.encode()
        encoding = '' if b'\0' in data else 'utf-8-sig' if data.startswith(b'\xef\xbb\xbf') else 'utf-8'
        blob, _ = Blob.objects.get_or_create(
            digest=hashlib.sha256(data).hexdigest(), defaults={'size': len(data), 'encoding': encoding, 'data': data}
        )
        file.path = free_name(file.path, taken)
        file.folded, file.blob = folded(file.path), blob
        taken.add(file.folded)
        file.save(update_fields=['path', 'folded', 'blob'])
        project.file_count += 1
        project.total_bytes += len(data)
        changes.append(Change(project=project, path=file.path, after=blob))
    if not changes:
        return
    revision = Revision.objects.create(project=project, number=1, author=project.owner, origin='import')
    for change in changes:
        change.revision = revision
    Change.objects.bulk_create(changes)
    project.head = 1
    project.save(update_fields=['head', 'file_count', 'total_bytes'])


def carry_back(apps, schema_editor):
    """The files as they are now become texts again. History goes, and so does what is no UTF-8."""
    for file in apps.get_model('projects', 'ProjectFile').objects.select_related('blob').iterator():
        file.content = bytes(file.blob.data).decode('utf-8', 'replace').replace('\0', '\ufffd')
        file.blob = None
        file.save(update_fields=['content', 'blob'])
    for name in ('RevisionChange', 'Revision', 'Blob'):
        apps.get_model('projects', name).objects.all().delete()
    apps.get_model('projects', 'Project').objects.update(head=0, file_count=0, total_bytes=0)


class Migration(migrations.Migration):

    dependencies = [('projects', '0002_history')]

    operations = [migrations.RunPython(carry_over, carry_back)]
