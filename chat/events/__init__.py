"""The numbered log of a turn: what happened, in order, exactly once."""
