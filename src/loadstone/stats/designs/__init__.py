"""What the design of the rounds adds: solo beside mixed, lanes, and control variates."""
