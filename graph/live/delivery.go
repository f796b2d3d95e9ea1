package live

import (
	"context"

	"kanera.dev/domain"
)

// Delivery is an event on its way to a subscriber.
type Delivery struct {
	Event  *domain.Event
	Who    *domain.Principal // who hears of it
	Cursor string            // to pass as since to go on after it

	stream *Stream
	moment *Moment
}

type delivered struct{ same, keyID, organisationID, eventID, cursor string }

// Shared works something out for a delivery, once for all who subscribed to the same and act for the same. Its context
// does not end with any of them, nor with the feed, so that nothing is delivered by half.
func Shared[T any](d *Delivery, work func(context.Context) T) T {
	key := delivered{d.stream.request.Same, d.Who.KeyID, d.Who.OrganisationID, d.Event.ID, d.Cursor}
	return share(d.moment, key, func() T { return work(context.WithoutCancel(d.stream.feed.ctx)) })
}
