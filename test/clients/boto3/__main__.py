"""boto3, Amazon's own library, with the defaults it has today: `python test/clients/boto3 [part of a name ...]`."""

import os
import sys

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import harness  # noqa: E402

import acl  # noqa: E402
import buckets  # noqa: E402
import multipart  # noqa: E402
import objects  # noqa: E402
import presign  # noqa: E402

harness.main('boto3', buckets, objects, multipart, acl, presign)
