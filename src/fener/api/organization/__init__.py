"""The organization API: arrays and named envelopes."""
