"""HTTP only: what comes in is checked here, what goes out is shaped here; the work is in `turns`."""
