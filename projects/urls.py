from django.urls import path

from projects import views

app_name = "projects"

urlpatterns = [
    path("", views.project_list, name="list"),
    path("projects/demo", views.demo, name="demo"),
    path("projects/<int:project_id>/preview", views.preview, name="preview"),
    path("projects/<int:project_id>/editor", views.editor, name="editor"),
]
