"""The bus for real: in this process and to its prober children."""
