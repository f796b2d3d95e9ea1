// Package live follows the events of workspaces while they are committed.
//
// A Feed reads the events of a workspace once for all subscribers of the process, as soon as it is told that there are
// some, and keeps the newest for a while. Subscribers own no buffer: each Stream is a place in every workspace it
// follows and walks on from there at its own pace, through what the feed keeps or, further back, through the database.
// Sequences have no gaps, so neither has a stream: it delivers every event after the place where it began, in order, or
// ends with an error that says why not.
//
//	told of a change ─▶ Feed ─▶ tail of the workspace ─▶ Moment ─▶ Stream ─▶ Delivery
//	every second ─────────┘    (one read for everybody)           (one a subscriber)
package live
