"""Where a study is kept, and how our records are stored in it."""
