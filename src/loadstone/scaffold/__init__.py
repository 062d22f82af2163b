"""The files by which a repository uses Loadstone: written by `init`, looked at by `doctor`.

Pure: what a repository holds comes in as values, and files go out as text.
"""
