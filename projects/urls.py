from django.urls import path

from projects import views, views_account, views_list, views_members, views_settings, views_statistics

app_name = "projects"

urlpatterns = [
    path("", views_list.project_list, name="list"),
    path("projects/new", views_list.new, name="new"),
    path("projects/demo", views_list.demo, name="demo"),
    path("projects/<int:project_id>/preview", views.preview, name="preview"),
    path("projects/<int:project_id>/editor", views.editor, name="editor"),
    path("projects/<int:project_id>/settings", views_settings.show, name="settings"),
    path("projects/<int:project_id>/statistics", views_statistics.show, name="statistics"),
    path("projects/<int:project_id>/settings/save", views_settings.save, name="save"),
    path("projects/<int:project_id>/duplicate", views_settings.duplicate, name="duplicate"),
    path("projects/<int:project_id>/archive", views_settings.archive, name="archive"),
    path("projects/<int:project_id>/purge", views_settings.purge_history, name="purge"),
    path("projects/<int:project_id>/delete", views_settings.delete, name="delete"),
    path("projects/<int:project_id>/leave", views_members.leave, name="leave"),
    path("projects/<int:project_id>/hand-over", views_members.hand_over, name="hand_over"),
    path("projects/<int:project_id>/members/<int:user_id>", views_members.change, name="member"),
    path("projects/<int:project_id>/invitations", views_members.invite, name="invite"),
    path("projects/<int:project_id>/invitations/<int:invitation_id>/revoke", views_members.revoke, name="revoke"),
    path("invitations/<str:key>", views_members.invitation, name="invitation"),
    path("invitations/<str:key>/join", views_members.join, name="join"),
    path("invitations/<str:key>/sign-up", views_members.sign_up, name="sign_up"),
    path("account", views_account.account, name="account"),
    path("account/tokens", views_account.create_token, name="create_token"),
    path("account/tokens/revoke", views_account.revoke_token, name="revoke_token"),
]
