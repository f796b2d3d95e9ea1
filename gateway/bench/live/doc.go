// Package live measures subscriptions of a server in a process of its own, on Postgres and Redis: what 5,000 open ones
// weigh, and how long one change takes to reach 1,000 of them, with all clients on the same machine. `make bench-live`
// runs it; nothing here asserts a time.
package live
