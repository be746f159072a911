"""The site: settings, addresses and the ASGI application. The features are in `chat` and `projects`."""
