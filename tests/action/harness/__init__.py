"""A daemon, images and act: the action as GitHub's runner would run it, without a registry."""
