"""Titles are searched without accents and case, on every database alike."""

import unicodedata
from typing import Any

from django.db import migrations, models

BATCH = 2000


def fill(apps: Any, schema_editor: Any) -> None:
    """As `chat.titles.searched` does."""
    conversations = apps.get_model("chat", "AIConversation").objects
    last = 0
    while rows := list(conversations.filter(pk__gt=last).order_by("pk").only("pk", "title")[:BATCH]):
        for row in rows:
            plain = (sign for sign in unicodedata.normalize("NFKD", row.title) if not unicodedata.combining(sign))
            row.searched = "".join(plain).casefold()[:400]
        conversations.bulk_update(rows, ["searched"])
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("chat", "0010_words_of_a_rejection")]

    operations = [
        migrations.AddField(
            model_name="aiconversation",
            name="searched",
            field=models.CharField(db_default="", default="", editable=False, max_length=400),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
