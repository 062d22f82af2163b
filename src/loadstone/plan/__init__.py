"""What is to be measured: scenarios and components from their files, cases, order, duration."""
