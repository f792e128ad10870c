"""What tests of Fener and of its extensions are built from."""
