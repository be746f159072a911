import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('projects', '0003_first_revisions')]

    operations = [
        migrations.AlterField('projectfile', 'folded', models.CharField(editable=False, max_length=1000, verbose_name='chemin sans casse')),
        migrations.AlterField('projectfile', 'blob', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.blob', verbose_name='contenu')),
        migrations.RemoveField('projectfile', 'content'),
        migrations.AddConstraint('projectfile', models.UniqueConstraint(fields=('project', 'folded'), name='file_folded_path_once_per_project')),
    ]
