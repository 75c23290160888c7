"""Where a study is kept, and how our records stand in it."""
