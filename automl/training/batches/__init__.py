"""Which examples form which step, and how a batch of them is changed before it is trained on."""
