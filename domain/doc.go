// Package domain is what Kanera is: the nouns, their rules and their use cases. It knows no database, no
// protocol and no framework; it imports the standard library and google/uuid only.
//
// A noun has two files: card.go says what a card is, cards.go what can be done with cards. Every use case has
// the same shape: judge the caller, change rows through Store, write the activity and the event, all inside one
// transaction.
package domain
