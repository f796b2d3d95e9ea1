package gateway

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"kanera.dev/domain"
)

const (
	cachedPrincipals = 10_000
	trustedAlone     = 900 * time.Millisecond // how long an entry is good while revocations may be missed
	trustedInformed  = time.Minute            // how long an entry is good while every revocation is heard
)

// principals remembers who keys act for, so that an authenticated request reads nothing from the database. A revoked
// key is refused within a second by every process: while a process hears every revocation, each one evicts its key;
// while it may miss some, entries are trusted for less than that second. Unknown keys are never remembered.
type principals struct {
	find        authenticator
	revocations domain.Subscription
	now         func() time.Time

	recent *lru.Cache[[sha256.Size]byte, knownPrincipal] // by the hash of the raw key: secrets are not kept
	mu     sync.Mutex                                    // between an eviction and an entry read before it
	evicts int                                           // how often something was evicted
}

// knownPrincipal is who a key acted for at a moment. It is shared by requests and never changed.
type knownPrincipal struct {
	who  *domain.Principal
	read time.Time // before the database was asked
}

// rememberPrincipals puts a memory before find. It listens to the bus until ctx ends.
func rememberPrincipals(ctx context.Context, find authenticator, bus domain.Bus, now func() time.Time) *principals {
	recent, _ := lru.New[[sha256.Size]byte, knownPrincipal](cachedPrincipals) // fails only for a size below one
	p := &principals{find: find, recent: recent, now: now}
	p.revocations = bus.Subscribe(ctx, domain.TopicKeyRevoked, p.evict)
	return p
}

// authenticate is an authenticator.
func (p *principals) authenticate(ctx context.Context, rawKey string) (*domain.Principal, error) {
	id, now := sha256.Sum256([]byte(rawKey)), p.now()
	if known, ok := p.recent.Get(id); ok && p.trusts(known, now) {
		return known.who, nil
	}
	p.mu.Lock()
	evicts := p.evicts
	p.mu.Unlock()
	who, err := p.find(ctx, rawKey)
	if err != nil {
		p.recent.Remove(id)
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.evicts == evicts { // else the key may have been revoked after it was read
		p.recent.Add(id, knownPrincipal{who, now})
	}
	return who, nil
}

// known returns who a key acts for if authenticate would not ask the database, else nil.
func (p *principals) known(rawKey string) *domain.Principal {
	if known, ok := p.recent.Get(sha256.Sum256([]byte(rawKey))); ok && p.trusts(known, p.now()) {
		return known.who
	}
	return nil
}

// trusts reports whether an entry is still good: it is young, or nothing was missed since it was read.
func (p *principals) trusts(known knownPrincipal, now time.Time) bool {
	age := now.Sub(known.read)
	if age < trustedAlone {
		return true
	}
	since := p.revocations.Since()
	return age < trustedInformed && !since.IsZero() && since.Before(known.read)
}

// evict forgets a key. It looks at every entry, because revocations are rare and requests are not.
func (p *principals) evict(keyID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.evicts++
	for _, id := range p.recent.Keys() {
		if known, ok := p.recent.Peek(id); ok && known.who.KeyID == keyID {
			p.recent.Remove(id)
		}
	}
}
