"""The lab without its screens: documents in, passages, answers, measurements and advice out.

Each room (sub-package) does one job and imports only rooms on floors below it; `lib.assembly` is the only
module that knows every implementation. Nothing here imports streamlit, and this package exports nothing.
"""
