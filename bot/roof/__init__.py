"""The roof: it knows every room and none knows it. Wiring by hand, and the verbs of the command line."""
