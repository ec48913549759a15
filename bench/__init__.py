"""`make bench`: speed, memory and start against other search engines, interleaved in one run."""
