"""Projects and their files: owns the data and implements what `chat` needs of a project."""
