package webhook

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"kanera.dev/domain"
)

const (
	// Width is how many deliveries of one webhook are under way at a time, in all processes together.
	Width = 8

	attemptsMost = 512              // at a time in one process
	hangingMost  = 4096             // of those that take long, besides
	slowAfter    = time.Second      // an attempt takes long from then on
	leaseMargin  = 15 * time.Second // a lease is longer than an attempt, by the time to record it
	holdAfter    = Width            // failures in a row before a lane is held
)

// Ports are what a dispatcher works with.
type Ports struct {
	Service *domain.Service
	Queue   domain.Queue
	Send    func(context.Context, Request) Result // Sender.Send
	Metrics *Metrics                              // nil: nothing is counted
	Log     *slog.Logger
}

// Dispatcher delivers events to webhooks. Four services do it, each in a goroutine of its own: the planner makes
// deliveries of events, the worker attempts those that are due, the recorder writes what came of it, and the refill puts
// back into the queue what it lost. A fifth sweeps up. What one of them has done wakes the next one; nothing depends on
// being woken.
//
//	commit ─▶ planner ─▶ queue ─▶ worker ─▶ receiver
//	                       ▲         │
//	            refill ────┴─ recorder ◀┘
//
// The database holds the truth. The queue hands out leases, so that a process that dies delays what it was sending and
// loses nothing.
type Dispatcher struct {
	planner  *planner
	worker   *worker
	recorder *recorder
	refill   *refill
	sweeper  *sweeper
	log      *slog.Logger

	looking, sending, recording context.CancelFunc
	lookers, recorders          sync.WaitGroup
}

// New returns a dispatcher that does nothing until it is started, but Deliver. The timeout is that of an attempt.
func New(ports Ports, schedule Schedule, timeout time.Duration) *Dispatcher {
	d := &Dispatcher{log: ports.Log, sweeper: &sweeper{ports.Service}}
	working := newBell()
	d.planner = &planner{service: ports.Service, queue: ports.Queue, planned: working.ring, bell: newBell(), changed: map[string]bool{}}
	d.refill = &refill{service: ports.Service, queue: ports.Queue, refilled: working.ring, bell: newBell()}
	breaker := &Breaker{Threshold: holdAfter, Base: schedule.Base / 6, Cap: 2 * schedule.Base}
	d.recorder = &recorder{service: ports.Service, queue: ports.Queue, schedule: schedule, breaker: breaker, metrics: ports.Metrics,
		log: ports.Log, recorded: working.ring, bell: newBell()}
	d.worker = &worker{service: ports.Service, queue: ports.Queue, send: ports.Send, recorder: d.recorder, lease: timeout + leaseMargin,
		slots: &slots{slowAfter: slowAfter, freed: working.ring, room: attemptsMost, side: hangingMost}, log: ports.Log, bell: working}
	return d
}

// Committed hears of events that were committed in this process. It does not block.
func (d *Dispatcher) Committed(events []*domain.Event) { d.planner.committed(events) }

// Start starts delivering, until Stop. ctx gives values, its end means nothing.
func (d *Dispatcher) Start(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	var looking, sending, recording context.Context
	looking, d.looking = context.WithCancel(ctx)
	sending, d.sending = context.WithCancel(ctx)
	recording, d.recording = context.WithCancel(ctx)
	d.lookers.Go(func() { rounds(looking, "planning", d.log, d.planner.bell, d.planner.round) })
	d.lookers.Go(func() { rounds(looking, "sending", d.log, d.worker.bell, d.worker.round(sending)) })
	d.lookers.Go(func() { rounds(looking, "refilling the queue", d.log, d.refill.bell, d.refill.round) })
	d.lookers.Go(func() { rounds(looking, "sweeping", d.log, newBell(), d.sweeper.round) })
	d.recorders.Go(func() { rounds(recording, "recording", d.log, d.recorder.bell, d.recorder.round) })
}

// Stop takes no more deliveries, lets running attempts end until ctx ends, and records them. What is stopped in the
// middle is sent again when its lease ends, by whoever runs then.
func (d *Dispatcher) Stop(ctx context.Context) {
	d.looking()
	d.lookers.Wait()
	stopSending := context.AfterFunc(ctx, d.sending)
	d.worker.running.Wait()
	stopSending()
	d.sending()
	d.recording()
	d.recorders.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWithin)
	defer cancel()
	for {
		if pause, err := d.recorder.round(last); pause > 0 || err != nil {
			return
		}
	}
}
