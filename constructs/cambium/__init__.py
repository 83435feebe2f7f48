"""The construct library: one construct and its decisions per file.

Importing it makes jsii run on the Node.js of this checkout, so that a template does not depend on
which Node.js a machine happens to have.
"""

from cambium._node import prefer_pinned_node

prefer_pinned_node()
