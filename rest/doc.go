// Package rest is the contract, as HTTP. A route is a row of one table (routes.go) that names a stored operation
// (documents/*.graphql); the row's request becomes the operation's variables, the one executor runs it, and
// directives in the document say how the answer becomes the body. There is no code per route.
//
// To add a route: write the operation into documents/<noun>.graphql (directives.graphqls lists what it may say about
// the body), add the row, run `go test ./rest -update` and read what changed in testdata/openapi.json.
//
// At boot compile.go turns every row into a plan and refuses rows that do not fit. A request then passes bind.go
// (request to variables), the executor, and shape.go (answer to body); errors.go maps codes to statuses.
// openapi.go derives the published description from the same plans.
package rest
