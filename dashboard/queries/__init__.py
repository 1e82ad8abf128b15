"""The dashboard's only door to storage, and the place of every cache. One file a subject.

What changes by itself is cached for a few seconds, for all open pages together: twenty browsers
cost the store no more than one. A StoreError is never cached; the caller shows it.
"""

import logging

# It warns that nothing is served yet, once for every cache of this folder.
logging.getLogger("streamlit.runtime.caching.cache_data_api").setLevel(logging.ERROR)
