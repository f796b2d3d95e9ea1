// Package bench measures the gateway as its callers meet it: over HTTP on loopback, with authentication, on Postgres
// with 50,000 cards and 16 clients; what the chain before the executor costs; and how much two servers together let
// through. `make bench` and `make limits` run it; nothing here asserts a time.
package bench
