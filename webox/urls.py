"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from webox import docs

urlpatterns = [
    path("api/schema", docs.schema, name="schema"),
    path("api/docs", docs.docs, name="docs"),
    path("api/chat/", include("chat.api.urls")),
    path("api/projects/<int:project_id>/", include("projects.api_urls")),
    path("login", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("", include("projects.urls")),
]
