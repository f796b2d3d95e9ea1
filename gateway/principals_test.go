package gateway

import (
	"context"
	"errors"
	"testing"
	"time"

	"kanera.dev/domain"
)

// station is a bus of one process, and its own subscription.
type station struct {
	hear  func(string)
	since time.Time
}

func (s *station) Publish(_ context.Context, _, notice string) error {
	s.hear(notice)
	return nil
}

func (s *station) Subscribe(_ context.Context, _ string, hear func(string)) domain.Subscription {
	s.hear = hear
	return s
}

func (s *station) Since() time.Time { return s.since }

// cached is a memory with a clock that the test turns, and a database that counts.
type cached struct {
	*principals
	*station
	clock time.Time
	reads int
	err   error
	then  func() // happens while the database is read
}

func newCached() *cached {
	c := &cached{station: &station{}, clock: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), then: func() {}}
	c.principals = rememberPrincipals(context.Background(), func(_ context.Context, rawKey string) (*domain.Principal, error) {
		c.reads++
		c.then()
		return &domain.Principal{KeyID: "id of " + rawKey}, c.err
	}, c.station, func() time.Time { return c.clock })
	return c
}

func (c *cached) ask(t *testing.T, rawKey string) {
	t.Helper()
	who, err := c.authenticate(t.Context(), rawKey)
	if !errors.Is(err, c.err) || err == nil && who.KeyID != "id of "+rawKey {
		t.Fatalf("%s: %+v, %v", rawKey, who, err)
	}
}

func TestHowLongAnEntryIsTrusted(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		since time.Duration // when the subscription began, before the entry was read; 0: there is none
		age   time.Duration
		reads int
	}{
		"alone, young":             {0, 899 * time.Millisecond, 1},
		"alone, old":               {0, 900 * time.Millisecond, 2},
		"informed":                 {time.Second, 59 * time.Second, 1},
		"informed, old":            {time.Second, time.Minute, 2},
		"informed since it's read": {-time.Millisecond, time.Second, 2},
		"informed later, young":    {-time.Millisecond, 899 * time.Millisecond, 1},
	} {
		c := newCached()
		if row.since != 0 {
			c.since = c.clock.Add(-row.since)
		}
		c.ask(t, "a")
		c.clock = c.clock.Add(row.age)
		c.ask(t, "a")
		if c.reads != row.reads {
			t.Errorf("%s: %d reads, want %d", name, c.reads, row.reads)
		}
	}
}

func TestRevokedEntriesAreForgotten(t *testing.T) {
	t.Parallel()
	c := newCached()
	c.since = c.clock.Add(-time.Second)
	c.ask(t, "a")
	c.ask(t, "b")
	if err := c.Publish(t.Context(), domain.TopicKeyRevoked, "id of a"); err != nil {
		t.Fatal(err)
	}
	c.ask(t, "b")
	if c.reads != 2 {
		t.Error("another key was forgotten too")
	}
	c.ask(t, "a")
	if c.reads != 3 {
		t.Error("the revoked key is still known")
	}
}

// TestARevocationOvertakesAReading: what was read before the key was revoked is used once and not kept.
func TestARevocationOvertakesAReading(t *testing.T) {
	t.Parallel()
	c := newCached()
	c.since = c.clock.Add(-time.Second)
	c.then = func() { c.hear("id of a") }
	c.ask(t, "a")
	c.then = func() {}
	c.ask(t, "a")
	if c.reads != 2 {
		t.Error("kept what may have been read before the revocation")
	}
}

func TestUnknownKeysAreNotRemembered(t *testing.T) {
	t.Parallel()
	c := newCached()
	c.err = domain.Unauthorized("no")
	c.ask(t, "a")
	c.ask(t, "a")
	if c.reads != 2 || c.known("a") != nil {
		t.Errorf("%d reads", c.reads)
	}
	c.err = nil
	c.ask(t, "a")
	c.clock, c.err = c.clock.Add(time.Second), domain.Unauthorized("revoked")
	c.ask(t, "a")
	c.err = nil
	if c.known("a") != nil {
		t.Error("a key that is no good any more is remembered")
	}
}

func TestTheMemoryIsBounded(t *testing.T) {
	t.Parallel()
	c := newCached()
	for i := range cachedPrincipals + 1 {
		c.ask(t, string(rune('a'+i%26))+time.Duration(i).String())
	}
	if n := c.recent.Len(); n != cachedPrincipals {
		t.Errorf("%d entries", n)
	}
}

// BenchmarkAuthenticate measures what a request pays for being known.
func BenchmarkAuthenticate(b *testing.B) {
	c := newCached()
	for b.Loop() {
		if _, err := c.authenticate(b.Context(), "kanera_dev_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"); err != nil {
			b.Fatal(err)
		}
	}
}
