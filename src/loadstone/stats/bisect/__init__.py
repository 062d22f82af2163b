"""The search for the first commit that is surely slower: intervals of commits, and halving."""
