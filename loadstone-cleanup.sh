#!/bin/sh
# The post-entrypoint of the action: removes what the job left, whatever became of its container.
exec /opt/loadstone/bin/python -I -m loadstone action --teardown
