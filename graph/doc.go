// Package graph resolves the contract of schema.graphqls: one executor for every door, one thin file a noun.
// Resolvers translate arguments, call a use case or a loader, and nothing else.
package graph

//go:generate go run ./fastgen
