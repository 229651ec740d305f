"""boto 2.49, the tutorial's own library, against an S3 endpoint: `python3 test/clients/boto2 [part of a name ...]`."""

import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402

import acl  # noqa: E402
import keys  # noqa: E402
import listing  # noqa: E402
import metadata  # noqa: E402
import multipart  # noqa: E402
import policies  # noqa: E402
import presign  # noqa: E402
import tutorial  # noqa: E402
import users  # noqa: E402

harness.main('boto2', tutorial, acl, users, metadata, presign, multipart, listing, keys, policies)
