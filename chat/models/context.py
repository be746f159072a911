"""What requests are made from: summaries of long conversations, the index of files."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.records import ModelCall
from chat.models.talk import AIConversation, AIMessage


class ConversationSummary(models.Model):
    """What stands for the older messages of a conversation in requests; the messages themselves stay as they are.

    A row stands for all messages up to its boundary or, of a conversation that was too long for one request, for those
    behind another (`after`).  It is valid for as long as these are as many as when it was made: what is edited, asked
    again or deleted is one fewer.  A summary that the model failed to make is a row, too (`error`, no text), so that
    it is not asked for it again at every turn.
    """

    conversation = models.ForeignKey(
        AIConversation,
        on_delete=models.CASCADE,
        related_name="summaries",
        verbose_name=_("conversation"),
        db_index=False,
    )
    # the boundary: the last message that it stands for
    up_to = models.ForeignKey(AIMessage, on_delete=models.CASCADE, related_name="+", verbose_name=_("jusqu’au message"))
    # the message behind which it begins; 0: the beginning
    after = models.PositiveBigIntegerField(_("depuis le message"), default=0, db_default=0)
    # how many messages there are from there up to it, and how many of them came since the summary before
    messages = models.PositiveIntegerField(_("messages"))
    added = models.PositiveIntegerField(_("messages de plus"), default=0)
    # how many of them nobody has read to the model: more than a request reads had gathered
    unread = models.PositiveIntegerField(_("messages non lus"), default=0)
    text = models.TextField(_("texte"), blank=True)
    # files that the person had pinned when he asked
    pinned = models.JSONField(_("fichiers épinglés"), default=list, blank=True)
    # that the text takes in later requests, by our count
    tokens = models.PositiveIntegerField(_("jetons"), default=0)
    model = models.CharField(_("modèle"), max_length=200, blank=True)
    cost = models.DecimalField(_("coût ($)"), max_digits=14, decimal_places=8, null=True, blank=True)
    call = models.ForeignKey(
        ModelCall, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("appel de modèle")
    )
    error = models.CharField(_("erreur"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    class Meta:
        verbose_name = _("résumé")
        verbose_name_plural = _("résumés")
        ordering = ("-id",)
        indexes = (models.Index(fields=("conversation", "-id"), name="chat_summary_newest"),)

    def __str__(self) -> str:
        return f"{self.conversation_id} ≤ {self.up_to_id}"


class FileIndex(models.Model):
    """What is known of some bytes read as a language, for choosing the context: made once, whoever has them."""

    # the digest, a colon, the language
    name = models.CharField(max_length=100, primary_key=True)
    version = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    # made by `chat.context.facts`
    data = models.BinaryField()

    class Meta:
        verbose_name = _("index d’un fichier")
        verbose_name_plural = _("index des fichiers")

    def __str__(self) -> str:
        return self.name
