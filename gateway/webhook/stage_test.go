package webhook

import (
	"cmp"
	"context"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// stage is a dispatcher on a real store, with a clock and a queue of its own, and a receiver that answers as the test
// says.
type stage struct {
	*storetest.Fixture
	*Dispatcher
	t       *testing.T
	store   *persistence.Store
	service *domain.Service
	clock   *clock
	queue   *memoryQueue
	work    *domain.Workspace

	mu     sync.Mutex
	sent   []Request
	answer func(Request) Result
}

// each tries something on both databases.
func each(t *testing.T, test func(t *testing.T, s *stage)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) { test(t, newStage(t, store)) })
}

func newStage(t *testing.T, store *persistence.Store) *stage {
	t.Helper()
	s := &stage{Fixture: storetest.NewFixture(t, store), t: t, store: store, clock: &clock{now: storetest.Start}}
	s.queue = &memoryQueue{now: s.clock.Now, entries: map[string]*entry{}, held: map[string]time.Time{}}
	s.service = &domain.Service{Store: store, Now: s.clock.Now, NewID: domain.NewID, Webhooks: domain.WebhookPorts{Vault: openVault{}}}
	s.answer = func(Request) Result { return Result{Status: 204} }
	s.Dispatcher = s.process(s.service)
	s.Organisation("Acme")
	s.User("ada")
	s.OrganisationMember("Acme", "ada", domain.OrganisationOwner)
	s.work = s.Workspace("Acme", "Work", "ACME")
	return s
}

// process is one more dispatcher, as another process would have it.
func (s *stage) process(service *domain.Service) *Dispatcher {
	schedule := NewSchedule(30*time.Second, 8)
	schedule.Rand = func() float64 { return 0.5 }
	return New(Ports{Service: service, Queue: s.queue, Send: s.send, Log: slog.New(slog.DiscardHandler)}, schedule, time.Second)
}

func (s *stage) send(_ context.Context, r Request) Result {
	s.mu.Lock()
	s.sent = append(s.sent, r)
	answer := s.answer
	s.mu.Unlock()
	return answer(r)
}

// answers makes the receiver answer so from now on.
func (s *stage) answers(result Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = func(Request) Result { return result }
}

// heard returns how often each URL was sent something since the last call.
func (s *stage) heard() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, r := range s.sent {
		counts[r.URL]++
	}
	s.sent = nil
	return counts
}

// hook adds an enabled webhook that hears of what happens from now on; its URL is its name.
func (s *stage) hook(name string, with func(*domain.Webhook)) *domain.Webhook {
	s.t.Helper()
	hook := &domain.Webhook{ID: storetest.ID(name), OrganisationID: s.work.OrganisationID, WorkspaceID: s.work.ID, CreatedByID: storetest.ID("ada"),
		Name: name, URL: name, Secret: []byte(NewSecret()), EventTypes: []string{}, BoardIDs: []string{}, Enabled: true, Version: 1,
		CreatedAt: s.clock.Now(), UpdatedAt: s.clock.Now()}
	if with != nil {
		with(hook)
	}
	last := must(s.store.LastSequences(s.t.Context(), []string{s.work.ID}))(s.t)
	s.Insert(hook, &domain.WebhookCursor{WebhookID: hook.ID, WorkspaceID: s.work.ID, Planned: last[s.work.ID]})
	return hook
}

// happen commits events of the workspace.
func (s *stage) happen(count int, with func(*domain.Event)) []*domain.Event {
	s.t.Helper()
	events := make([]*domain.Event, count)
	for i := range events {
		events[i] = &domain.Event{ID: domain.NewID(), OrganisationID: s.work.OrganisationID, WorkspaceID: s.work.ID, Type: "list:deleted",
			Data: []byte(`{"listId": "x"}`), ActorKind: domain.ActorSystem, ActorName: "Kanera", OccurredAt: s.clock.Now()}
		if with != nil {
			with(events[i])
		}
	}
	check(s.t, "emit", s.store.Emit(s.t.Context(), events...), nil)
	return events
}

// plan plans everything.
func (s *stage) plan() {
	s.t.Helper()
	for again := []string{""}; len(again) > 0; {
		again = must(s.planner.runOnce(s.t.Context(), nil))(s.t)
	}
}

// work makes attempts until none is due, and records them. It returns how many there were.
func (s *stage) deliver() (attempts int) {
	s.t.Helper()
	for {
		claimed, _, err := s.worker.runOnce(s.t.Context(), s.t.Context())
		check(s.t, "send", err, nil)
		if claimed == 0 {
			return attempts
		}
		s.worker.running.Wait()
		attempts += s.record()
	}
}

// record records what gathered.
func (s *stage) record() (attempts int) {
	s.t.Helper()
	attempts = len(s.recorder.waiting)
	for len(s.recorder.waiting) > 0 {
		_, err := s.recorder.round(s.t.Context())
		check(s.t, "record", err, nil)
	}
	return attempts
}

// deliveries returns all deliveries to a webhook, oldest first.
func (s *stage) deliveries(hook *domain.Webhook) []*domain.Delivery {
	s.t.Helper()
	page := must(s.store.DeliveriesOf(s.t.Context(), []string{hook.ID}, nil, domain.Page{First: 5000}))(s.t)[hook.ID].Nodes
	slices.Reverse(page)
	return page
}

// statuses counts the deliveries to a webhook by status.
func (s *stage) statuses(hook *domain.Webhook) map[domain.DeliveryStatus]int {
	s.t.Helper()
	counts := map[domain.DeliveryStatus]int{}
	for _, d := range s.deliveries(hook) {
		counts[d.Status]++
	}
	return counts
}

func (s *stage) reload(hook *domain.Webhook) *domain.Webhook {
	s.t.Helper()
	got := &domain.Webhook{ID: hook.ID}
	check(s.t, "load", s.store.Load(s.t.Context(), got), nil)
	return got
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// openVault seals nothing.
type openVault struct{}

func (openVault) Seal(secret []byte, _ string) []byte          { return secret }
func (openVault) Open(sealed []byte, _ string) ([]byte, error) { return sealed, nil }

// memoryQueue is a domain.Queue by the test's clock, without a width.
type memoryQueue struct {
	now     func() time.Time
	mu      sync.Mutex
	entries map[string]*entry
	held    map[string]time.Time // lanes, one at a time after that
	away    error                // what every call answers
}

type entry struct {
	domain.Due
	leased time.Time
}

func (q *memoryQueue) Add(_ context.Context, due ...domain.Due) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, d := range due {
		if q.entries[d.DeliveryID] == nil && q.away == nil {
			q.entries[d.DeliveryID] = &entry{Due: d}
		}
	}
	return q.away
}

func (q *memoryQueue) Claim(_ context.Context, n int, lease time.Duration) (due []domain.Due, next time.Time, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	all := make([]*entry, 0, len(q.entries))
	busy := map[string]bool{}
	for _, e := range q.entries {
		all = append(all, e)
		busy[e.WebhookID] = busy[e.WebhookID] || e.leased.After(now)
	}
	slices.SortFunc(all, func(a, b *entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.DeliveryID, b.DeliveryID)) })
	for _, e := range all {
		until, held := q.held[e.WebhookID]
		if len(due) == n || e.At.After(now) || e.leased.After(now) || held && (busy[e.WebhookID] || until.After(now)) {
			continue
		}
		e.leased, busy[e.WebhookID], e.Holds = now.Add(lease), true, 0
		if held {
			e.Holds = 1
		}
		due = append(due, e.Due)
	}
	return due, next, q.away
}

func (q *memoryQueue) Finish(_ context.Context, due ...domain.Due) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, d := range due {
		if q.away != nil {
			return q.away
		}
		delete(q.entries, d.DeliveryID)
		if !d.At.IsZero() {
			q.entries[d.DeliveryID] = &entry{Due: d}
		}
	}
	return nil
}

func (q *memoryQueue) Hold(_ context.Context, webhookID string, until time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.held[webhookID] = q.now().Add(time.Until(until))
	return q.away
}

func (q *memoryQueue) Release(_ context.Context, webhookID string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.held, webhookID)
	return q.away
}

func (q *memoryQueue) Drop(_ context.Context, webhookID string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, e := range q.entries {
		if e.WebhookID == webhookID {
			delete(q.entries, id)
		}
	}
	delete(q.held, webhookID)
	return q.away
}

func (q *memoryQueue) Waiting(context.Context) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.entries), q.away
}

// lose forgets everything, as a Redis that was flushed.
func (q *memoryQueue) lose() {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.entries)
	clear(q.held)
}

func check[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
