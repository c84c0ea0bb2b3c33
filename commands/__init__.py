"""The verbs: an Ask in, a Reply out, one file each."""
