"""Reviews of flagged sessions: tables, facts, steps, time, and what people see of them."""
