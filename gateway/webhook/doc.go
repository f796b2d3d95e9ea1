// Package webhook delivers events to the endpoints of customers: who may be dialled, how a delivery is signed and
// sent, when a failed one is tried again, and when an endpoint is left alone for a while.
package webhook
