"""The bot: what an event asks for is measured, judged apart from that, and said."""
