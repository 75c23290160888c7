"""The end of a job: the winner is trained, exported, drawn and written down."""
