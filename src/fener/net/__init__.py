"""The one door to the network: address guard, resolver, TLS facts."""
