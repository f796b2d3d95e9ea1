package redis

import (
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"kanera.dev/domain"
)

const modelWidth = 2

// entry is a delivery as the model of the queue knows it.
type entry struct {
	webhook string
	due     time.Time
	lease   time.Time // when it ends; zero while nobody has it
}

// held is a lane as the model knows it.
type held struct {
	till  time.Time
	times int
}

// queueModel drives queues through one random story and holds them to a plain list of what they should know.
type queueModel struct {
	t       *rapid.T
	now     time.Time
	queues  []domain.Queue // all are told the same and have to answer the same
	entries map[string]*entry
	holds   map[string]held
}

func (m *queueModel) each(tell func(domain.Queue) error) {
	for _, queue := range m.queues {
		if err := tell(queue); err != nil {
			m.t.Fatal(err)
		}
	}
}

// some draws a few deliveries; each belongs to one webhook for good.
func (m *queueModel) some(when func(id string) time.Time) []domain.Due {
	var due []domain.Due
	for _, i := range rapid.SliceOfN(rapid.IntRange(0, 19), 1, 8).Draw(m.t, "deliveries") {
		id := "d" + strconv.Itoa(i)
		due = append(due, domain.Due{WebhookID: webhookOf(i), DeliveryID: id, At: when(id)})
	}
	return due
}

func webhookOf(i int) string { return "w" + strconv.Itoa(i%4) }

// moment draws a time around now.
func (m *queueModel) moment(string) time.Time {
	return m.now.Add(time.Duration(rapid.IntRange(-3, 10).Draw(m.t, "seconds")) * time.Second)
}

func (m *queueModel) add() {
	due := m.some(m.moment)
	for _, d := range due {
		if m.entries[d.DeliveryID] == nil {
			m.entries[d.DeliveryID] = &entry{webhook: d.WebhookID, due: d.At}
		}
	}
	m.each(func(q domain.Queue) error { return q.Add(m.t.Context(), due...) })
}

// finish ends leases, and says something of deliveries that nobody has or knows.
func (m *queueModel) finish() {
	due := m.some(func(id string) time.Time {
		if rapid.Bool().Draw(m.t, "done") {
			return time.Time{}
		}
		return m.moment(id)
	})
	for _, d := range due {
		delete(m.entries, d.DeliveryID)
		if !d.At.IsZero() {
			m.entries[d.DeliveryID] = &entry{webhook: d.WebhookID, due: d.At}
		}
	}
	m.each(func(q domain.Queue) error { return q.Finish(m.t.Context(), due...) })
}

func (m *queueModel) hold() {
	webhook, until := webhookOf(rapid.IntRange(0, 3).Draw(m.t, "webhook")), m.moment("")
	h := m.holds[webhook]
	if !h.till.After(m.now) {
		h.times++
	}
	m.holds[webhook] = held{until, h.times}
	m.each(func(q domain.Queue) error { return q.Hold(m.t.Context(), webhook, until) })
}

func (m *queueModel) release() {
	webhook := webhookOf(rapid.IntRange(0, 3).Draw(m.t, "webhook"))
	delete(m.holds, webhook)
	m.each(func(q domain.Queue) error { return q.Release(m.t.Context(), webhook) })
}

func (m *queueModel) drop() {
	webhook := webhookOf(rapid.IntRange(0, 3).Draw(m.t, "webhook"))
	delete(m.holds, webhook)
	for id, e := range m.entries {
		if e.webhook == webhook {
			delete(m.entries, id)
		}
	}
	m.each(func(q domain.Queue) error { return q.Drop(m.t.Context(), webhook) })
}

// room is how many more leases a lane may have, none while it is held.
func (m *queueModel) room(webhook string) int {
	h, room := m.holds[webhook], modelWidth
	if h.till.After(m.now) {
		return 0
	}
	if h.times > 0 {
		room = 1
	}
	for _, e := range m.entries {
		if e.webhook == webhook && e.lease.After(m.now) {
			room--
		}
	}
	return max(room, 0)
}

// open lists what of a lane could be claimed, were there room.
func (m *queueModel) open(webhook string) []string {
	var ids []string
	for id, e := range m.entries {
		if e.webhook == webhook && !e.lease.After(m.now) && !e.due.After(m.now) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return m.since(a).Compare(m.since(b)) })
	return ids
}

// since is the moment from which on a delivery could be claimed.
func (m *queueModel) since(id string) time.Time {
	e := m.entries[id]
	if e.lease.After(e.due) {
		return e.lease
	}
	return e.due
}

// next is when a lane may be served.
func (m *queueModel) next(webhook string) time.Time {
	next := time.UnixMicro(math.MaxInt64)
	for id, e := range m.entries {
		if e.webhook == webhook && (e.lease.After(m.now) || m.room(webhook) > 0 || m.holds[webhook].till.After(m.now)) && m.since(id).Before(next) {
			next = m.since(id)
		}
	}
	if till := m.holds[webhook].till; till.After(m.now) {
		return till
	}
	return next
}

// claim checks: what is handed out is due, the oldest of its lane, within its room, and nobody else's; what is not
// handed out although there was time for more has no room; and next is the moment when there is more.
func (m *queueModel) claim() {
	n, lease := rapid.IntRange(0, 6).Draw(m.t, "n"), time.Duration(rapid.IntRange(1, 8).Draw(m.t, "lease"))*time.Second
	due, next := m.ask(n, lease)
	perLane := map[string][]string{}
	for _, d := range due {
		perLane[d.WebhookID] = append(perLane[d.WebhookID], d.DeliveryID)
		if d.Holds != m.holds[d.WebhookID].times {
			m.t.Fatalf("%+v: the lane was held %d times", d, m.holds[d.WebhookID].times)
		}
	}
	for i := range 4 {
		webhook := webhookOf(i)
		got, could := perLane[webhook], min(m.room(webhook), len(m.open(webhook)))
		if len(got) > could || len(got) < could && len(due) < n {
			m.t.Fatalf("%s gave %v of %v, with room for %d", webhook, got, m.open(webhook), m.room(webhook))
		}
		for j, id := range got {
			if e := m.entries[id]; e == nil || e.webhook != webhook || !m.since(id).Equal(m.since(m.open(webhook)[j])) {
				m.t.Fatalf("%s gave %v before the older ones of %v", webhook, got, m.open(webhook))
			}
		}
	}
	for _, d := range due {
		e := m.entries[d.DeliveryID]
		if !m.since(d.DeliveryID).Equal(d.At) {
			m.t.Fatalf("%+v was due at %v", d, m.since(d.DeliveryID))
		}
		e.due, e.lease = d.At, m.now.Add(lease)
	}
	m.checkNext(next, len(due) < n)
}

// ask claims from all queues.
func (m *queueModel) ask(n int, lease time.Duration) (due []domain.Due, next time.Time) {
	for i, queue := range m.queues {
		got, then, err := queue.Claim(m.t.Context(), n, lease)
		if err != nil {
			m.t.Fatal(err)
		}
		if i > 0 && (!slices.EqualFunc(got, due, sameDue) || !then.Equal(next)) {
			m.t.Fatalf("one queue gives %+v and then at %v, the other %+v and %v", due, next, got, then)
		}
		due, next = got, then
	}
	return due, next
}

func sameDue(a, b domain.Due) bool {
	return a.DeliveryID == b.DeliveryID && a.WebhookID == b.WebhookID && a.At.Equal(b.At) && a.Holds == b.Holds
}

// checkNext checks the promise of a claim. One that found enough has not looked at every lane, and may promise more too
// early.
func (m *queueModel) checkNext(next time.Time, sawAll bool) {
	var want time.Time
	for _, e := range m.entries {
		if at := m.next(e.webhook); want.IsZero() || at.Before(want) {
			want = at
		}
	}
	if want.Before(m.now) && !want.IsZero() {
		want = m.now
	}
	if early := next.Before(want) && !next.IsZero() && !sawAll; !next.Equal(want) && !early {
		m.t.Fatalf("more is promised at %v, there is more at %v", next, want)
	}
}

// check counts.
func (m *queueModel) check(*rapid.T) {
	m.each(func(q domain.Queue) error {
		n, err := q.Waiting(m.t.Context())
		if err == nil && n != len(m.entries) {
			m.t.Fatalf("%d deliveries in the queue, want %d", n, len(m.entries))
		}
		return err
	})
}

// TestQueuesKeepTheRules holds the scripts and the queue inside the process to the model, and to each other, by a
// clock that the test sets. The embedded Redis lets it do that.
func TestQueuesKeepTheRules(t *testing.T) {
	t.Parallel()
	server := miniredis.RunT(t)
	client := &Client{redis: redis.NewClient(&redis.Options{Addr: server.Addr()})}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		server.FlushAll()
		m := &queueModel{t: t, now: time.UnixMicro(1_900_000_000_000_000), entries: map[string]*entry{}, holds: map[string]held{}}
		clock := func() time.Time { return m.now }
		shared := newSharedQueue(client, "model", modelWidth)
		shared.now = clock
		m.queues = []domain.Queue{newLocalQueue(modelWidth, clock), shared}
		server.SetTime(m.now)
		t.Repeat(map[string]func(*rapid.T){
			"":        m.check,
			"add":     func(*rapid.T) { m.add() },
			"claim":   func(*rapid.T) { m.claim() },
			"finish":  func(*rapid.T) { m.finish() },
			"hold":    func(*rapid.T) { m.hold() },
			"release": func(*rapid.T) { m.release() },
			"drop":    func(*rapid.T) { m.drop() },
			"wait": func(t *rapid.T) {
				m.now = m.now.Add(time.Duration(rapid.IntRange(1, 5_000_000).Draw(t, "by")) * time.Microsecond)
				server.SetTime(m.now)
			},
		})
	})
}
