// Package demo invents organisations: the one that greets a new installation, and a large one for measurements.
//
// Both are deterministic: the same base day gives the same rows, ids included. Only the secrets of keys are random.
//
//	catalogue.go   what the demo is made of: people, workspaces, boards, words
//	build.go       the organisation, its people and workspaces as rows
//	cards.go       the cards of a workspace and what hangs on them
//	journey.go     twelve weeks of work: when each card was made, moved and done
//	values.go      custom field values
//	data.go        the rows in the order of their references
//	seed.go        writing it all, once
//	facts.go       demo.env, the ids and keys a reader needs
//	large.go       the organisation for measurements
package demo
