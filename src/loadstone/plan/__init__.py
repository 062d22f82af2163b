"""Planning: scenarios and components from their files, cases, order, duration."""
