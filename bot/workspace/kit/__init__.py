"""Block Kit's grammar, as tables: rules, objects, elements, rich text, blocks, views, and what holds for a whole payload."""
