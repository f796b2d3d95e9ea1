package redis

import (
	"context"
	"math"
	"sync"
	"time"

	"kanera.dev/domain"
)

// localQueue is domain.Queue inside the process: the rules of the scripts queue_*.lua in Go. Every method costs
// O(log n) for each delivery and never fails.
type localQueue struct {
	width int
	now   func() time.Time

	mutex sync.Mutex
	lanes map[string]*lane
	turns agenda // webhook -> the moment its lane may be served next
	count int    // deliveries in all lanes
}

// lane is what is kept for one webhook. Moments are microseconds.
type lane struct {
	waiting agenda // delivery -> when it is due
	leased  agenda // delivery -> when its lease ends
	till    int64  // the lane is closed until then
	times   int    // so many times in a row; 0 when it is open
}

func newLocalQueue(width int, now func() time.Time) *localQueue {
	return &localQueue{width: width, now: now, lanes: map[string]*lane{}}
}

// enter locks the queue and tells the time; the caller unlocks.
func (q *localQueue) enter() (now int64) {
	q.mutex.Lock()
	return q.now().UnixMicro()
}

// lane returns the lane of a webhook.
func (q *localQueue) lane(webhook string) *lane {
	l := q.lanes[webhook]
	if l == nil {
		l = &lane{}
		q.lanes[webhook] = l
	}
	return l
}

// Add implements domain.Queue.
func (q *localQueue) Add(_ context.Context, due ...domain.Due) error {
	now := q.enter()
	defer q.mutex.Unlock()
	for _, d := range due {
		l := q.lane(d.WebhookID)
		_, waits := l.waiting.has(d.DeliveryID)
		if _, leased := l.leased.has(d.DeliveryID); waits || leased {
			continue
		}
		l.waiting.set(d.DeliveryID, moment(d.At, now))
		q.count++
		if at, ok := q.turns.has(d.WebhookID); !ok || at > now { // else it keeps its turn
			q.place(d.WebhookID, now)
		}
	}
	return nil
}

// moment is a time in microseconds, and now for the zero time.
func moment(at time.Time, now int64) int64 {
	if at.IsZero() {
		return now
	}
	return at.UnixMicro()
}

// Claim implements domain.Queue.
func (q *localQueue) Claim(_ context.Context, n int, lease time.Duration) (due []domain.Due, next time.Time, err error) {
	now := q.enter()
	defer q.mutex.Unlock()
	var served []string
	for len(due) < n {
		first, ok := q.turns.until(now)
		if !ok {
			break
		}
		q.turns.remove(first.name)
		served = append(served, first.name)
		l := q.lanes[first.name]
		l.expire(now)
		for range min(n-len(due), q.room(l)) {
			oldest, ok := l.waiting.until(now)
			if !ok {
				break
			}
			l.waiting.remove(oldest.name)
			l.leased.set(oldest.name, now+lease.Microseconds())
			due = append(due, domain.Due{DeliveryID: oldest.name, WebhookID: first.name, At: time.UnixMicro(oldest.at), Holds: l.times})
		}
	}
	for _, webhook := range served {
		q.place(webhook, now)
	}
	if first, ok := q.turns.until(math.MaxInt64); ok {
		next = time.UnixMicro(max(first.at, now))
	}
	return due, next, nil
}

// expire puts deliveries whose lease has ended back among those that wait.
func (l *lane) expire(now int64) {
	for ended, ok := l.leased.until(now); ok; ended, ok = l.leased.until(now) {
		l.leased.remove(ended.name)
		l.waiting.set(ended.name, ended.at)
	}
}

// room tells how many more leases a lane may have.
func (q *localQueue) room(l *lane) int {
	width := q.width
	if l.times > 0 {
		width = 1
	}
	return max(width-l.leased.Len(), 0)
}

// place puts a lane where it belongs among the lanes: at the moment when its first delivery is due, or when a lease
// ends, but not while it is held. A lane that is late lines up behind those that have waited longer. One that says
// nothing any more is forgotten.
func (q *localQueue) place(webhook string, now int64) {
	l := q.lanes[webhook]
	if l.waiting.Len()+l.leased.Len() == 0 {
		q.turns.remove(webhook)
		if l.times == 0 {
			delete(q.lanes, webhook)
		}
		return
	}
	at := l.till
	if at <= now {
		at = math.MaxInt64
		if first, ok := l.leased.until(at); ok {
			at = first.at
		}
		if first, ok := l.waiting.until(at); ok && q.room(l) > 0 {
			at = min(at, max(first.at, now))
		}
	}
	q.turns.set(webhook, at)
}

// Finish implements domain.Queue.
func (q *localQueue) Finish(_ context.Context, due ...domain.Due) error {
	now := q.enter()
	defer q.mutex.Unlock()
	for _, d := range due {
		l := q.lane(d.WebhookID)
		if l.leased.remove(d.DeliveryID) || l.waiting.remove(d.DeliveryID) {
			q.count--
		}
		if !d.At.IsZero() {
			l.waiting.set(d.DeliveryID, moment(d.At, now))
			q.count++
		}
		q.place(d.WebhookID, now)
	}
	return nil
}

// Hold implements domain.Queue.
func (q *localQueue) Hold(_ context.Context, webhookID string, until time.Time) error {
	now := q.enter()
	defer q.mutex.Unlock()
	l := q.lane(webhookID)
	if l.till <= now {
		l.times++
	}
	l.till = moment(until, now)
	q.place(webhookID, now)
	return nil
}

// Release implements domain.Queue.
func (q *localQueue) Release(_ context.Context, webhookID string) error {
	now := q.enter()
	defer q.mutex.Unlock()
	l := q.lane(webhookID)
	l.till, l.times = 0, 0
	q.place(webhookID, now)
	return nil
}

// Drop implements domain.Queue.
func (q *localQueue) Drop(_ context.Context, webhookID string) error {
	q.enter()
	defer q.mutex.Unlock()
	if l, ok := q.lanes[webhookID]; ok {
		q.count -= l.waiting.Len() + l.leased.Len()
		delete(q.lanes, webhookID)
		q.turns.remove(webhookID)
	}
	return nil
}

// Waiting implements domain.Queue.
func (q *localQueue) Waiting(context.Context) (int, error) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.count, nil
}
