"""Room for blobs and revisions, beside the texts that are there. 0003 carries those over, 0004 ends the old column.

Three steps, because PostgreSQL alters no table whose rows were changed in the same transaction.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def blob_key(null, verbose_name):
    return models.ForeignKey(
        null=null, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.blob', verbose_name=verbose_name
    )


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name='empreinte SHA-256')),
                ('size', models.PositiveBigIntegerField(verbose_name='taille')),
                ('encoding', models.CharField(blank=True, max_length=20, verbose_name='encodage')),
                ('data', models.BinaryField(verbose_name='octets')),
            ],
            options={'verbose_name': 'contenu', 'verbose_name_plural': 'contenus'},
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='numéro')),
                ('origin', models.CharField(choices=[('user', 'personne'), ('assistant', 'assistant'), ('import', 'import'), ('restore', 'restauration')], max_length=10, verbose_name='origine')),
                ('message', models.CharField(blank=True, max_length=1000, verbose_name='message')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='créée le')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='auteur')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='projects.project')),
            ],
            options={'verbose_name': 'révision', 'verbose_name_plural': 'révisions', 'ordering': ('-number',)},
        ),
        migrations.CreateModel(
            name='RevisionChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=1000, verbose_name='chemin')),
                ('renamed_from', models.CharField(blank=True, max_length=1000, verbose_name='ancien chemin')),
                ('after', blob_key(True, 'après')),
                ('before', blob_key(True, 'avant')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='projects.revision')),
            ],
            options={'verbose_name': 'changement', 'verbose_name_plural': 'changements', 'ordering': ('path',)},
        ),
        migrations.AddField('project', 'head', models.PositiveIntegerField(default=0, editable=False, verbose_name='révision')),
        migrations.AddField('project', 'file_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='fichiers')),
        migrations.AddField('project', 'total_bytes', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='octets')),
        migrations.AlterField('projectfile', 'path', models.CharField(max_length=1000, verbose_name='chemin')),
        migrations.AlterField('projectfile', 'updated_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='modifié le')),
        migrations.AddField('projectfile', 'folded', models.CharField(editable=False, max_length=1000, null=True, verbose_name='chemin sans casse')),
        migrations.AddField('projectfile', 'blob', blob_key(True, 'contenu')),
        migrations.AddConstraint('revision', models.UniqueConstraint(fields=('project', 'number'), name='revision_number_once_per_project')),
        migrations.AddConstraint('revision', models.CheckConstraint(condition=models.Q(('origin__in', ('user', 'assistant', 'import', 'restore'))), name='revision_origin_is_known')),
        migrations.AddConstraint('revisionchange', models.UniqueConstraint(fields=('revision', 'path'), name='change_path_once_per_revision')),
        migrations.AddIndex('revisionchange', models.Index(fields=['project', 'path', 'revision'], name='change_of_a_path')),
    ]
