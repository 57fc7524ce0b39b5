"""Chat programs: how their robots are addressed, spoken to, and what they answer."""
