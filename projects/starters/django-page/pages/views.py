from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

EVENTS = [
    {"title": "Portes ouvertes", "when": "12 mars", "free": True},
    {"title": "Atelier d'initiation", "when": "26 mars", "free": False},
]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html", {"events": EVENTS})
