// Package gateway is the running thing: it reads the configuration, wires store, use cases and doors together
// and puts the HTTP chain in front of them.
//
//	config.go      what can be set
//	gateway.go     wiring, Serve and Close
//	routes.go      which path goes where
//	chain.go       request id, recovery
//	sight.go       what the log, metrics and traces are told; log.go, metrics.go, tracing.go, slow.go
//	ready.go       /health and /ready
//	headers.go     security headers, CORS, body limit
//	auth.go        bearer key -> principal
//	start.go       demo data at the first start, and what the console is told
package gateway
