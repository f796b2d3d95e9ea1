// Package webhooks measures how fast a gateway delivers to webhooks: on Postgres and Redis, with receivers on loopback
// and changes that come in over HTTP, all on the same machine. `make bench-webhooks` runs it; nothing here asserts a
// time.
package webhooks
