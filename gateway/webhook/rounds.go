package webhook

import (
	"context"
	"log/slog"
	"time"
)

// bell wakes whoever does rounds. Rings while it is awake are heard once, at its next pause.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

// ring never blocks.
func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// rounds does one round after the other until ctx ends, each when the bell rings or the pause that the last one asked
// for is over. Trouble is logged when it begins and when it ends.
func rounds(ctx context.Context, what string, log *slog.Logger, wake bell, round func(context.Context) (pause time.Duration, err error)) {
	trouble := false
	for ctx.Err() == nil {
		pause, err := round(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !trouble:
			log.Warn("webhooks: "+what+" is held up", "error", err)
		case err == nil && trouble:
			log.Info("webhooks: " + what + " goes on")
		}
		trouble = err != nil
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}
