package redis

import (
	"time"

	"kanera.dev/domain"
)

// NewQueue returns the queue of a deployment. Deployments that share a Redis keep apart by different names; processes
// of one deployment use one name. The width is how many deliveries of one webhook are claimed at a time, at least 1.
//
// On the embedded Redis, which belongs to one process, the queue is kept inside the process: there every command looks
// at all keys, and a script asks many.
func NewQueue(client *Client, name string, width int) domain.Queue {
	width = max(width, 1)
	if client.embedded != nil {
		return newLocalQueue(width, time.Now)
	}
	return newSharedQueue(client, name, width)
}
