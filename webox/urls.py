"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.views import LogoutView, PasswordChangeDoneView
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from chat.api.urls import nowhere
from webox import docs, forgotten, icon, passwords
from webox.login import AdminLoginForm, Login

admin.site.site_header = admin.site.site_title = "WeBox Studio"
admin.site.index_title = "Administration"
admin.site.login_form = AdminLoginForm
UserAdmin.change_password_form = passwords.GivenForm

handler400 = "webox.refusals.bad_request"
handler500 = "webox.refusals.server_error"
urlpatterns = [
    path("api/schema", docs.schema, name="schema"),
    path("api/docs", docs.docs, name="docs"),
    path("api/chat/", include("chat.api.urls")),
    path("api/projects/<int:project_id>/", include("projects.api_urls")),
    re_path("^api/", nowhere),
    path("login", Login.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("account/password", passwords.Change.as_view(), name="password_change"),
    path("account/password/done", PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("account/password/forgotten", forgotten.Forgotten.as_view(), name="password_reset"),
    path("account/password/forgotten/sent", forgotten.Sent.as_view(), name="password_reset_done"),
    path("account/password/new/<uidb64>/<token>", forgotten.NewPassword.as_view(), name="password_reset_confirm"),
    path("account/email", forgotten.Address.as_view(), name="email_change"),
    path("favicon.ico", icon.favicon, name="favicon"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change"), name="admin_password_change"),
    path("admin/", admin.site.urls),
    path("", include("projects.urls")),
]
