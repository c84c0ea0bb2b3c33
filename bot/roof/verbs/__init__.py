"""The verbs of `countersign`, one file each; `cli` finds them."""
