"""A file's bytes in, its text and the places in it out; what cannot be read says why.

`parse` reads in this process. The app reads through `lib.corpus.parsing.guarded.ParserProcess`, which does the same in
a child process with limits on time and memory.
"""

from lib.corpus.parsing.draft import Parsed
from lib.corpus.parsing.reading import PARSER_VERSION, parse
from lib.corpus.parsing.sniff import SUPPORTED

__all__ = ["PARSER_VERSION", "SUPPORTED", "Parsed", "parse"]
