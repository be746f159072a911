"""The site's addresses and the baselines'."""

from django.urls import include, path

from tests.bench.plain_list import CountedList, NestedList

urlpatterns = [
    path("bench/counted/<int:project_id>", CountedList.as_view()),
    path("bench/nested/<int:project_id>", NestedList.as_view()),
    path("", include("webox.urls")),
]
