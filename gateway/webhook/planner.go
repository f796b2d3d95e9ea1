package webhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"kanera.dev/domain"
)

const (
	plannedAtOnce   = 500              // events of a workspace in one transaction
	deliveriesMost  = 5000             // about as many deliveries in one transaction
	workspacesMost  = 100              // in one round
	planningWithin  = 30 * time.Second // of one workspace
	planningWorkers = 4
	missedEvery     = 5 * time.Second // how often it looks for events that nobody told it of
)

// planner copies events into deliveries: those of a workspace for all its webhooks in one transaction, which moves
// their cursors too. So each event is planned once for each webhook, whatever happens and whoever else is planning.
// What this process commits is planned at once, what others commit when they are too slow.
type planner struct {
	service *domain.Service
	queue   domain.Queue
	planned func() // hears that deliveries were queued
	bell    bell

	mu      sync.Mutex
	changed map[string]bool // workspaces with new events
	looked  time.Time       // when all workspaces were last looked at
}

// committed hears of new events. It does not block.
func (p *planner) committed(events []*domain.Event) {
	p.mu.Lock()
	for _, e := range events {
		p.changed[e.WorkspaceID] = true
	}
	p.mu.Unlock()
	p.bell.ring()
}

// lookAtAll makes the next round look at all workspaces, now.
func (p *planner) lookAtAll() {
	p.mu.Lock()
	p.looked = time.Time{}
	p.mu.Unlock()
	p.bell.ring()
}

// take returns the workspaces to look at; nil stands for all.
func (p *planner) take() []string {
	now := p.service.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := make([]string, 0, len(p.changed))
	if now.Sub(p.looked) >= missedEvery {
		p.looked, ids = now, nil
	}
	for id := range p.changed {
		if ids == nil || len(ids) == workspacesMost {
			break
		}
		ids = append(ids, id)
		delete(p.changed, id)
	}
	return ids
}

func (p *planner) round(ctx context.Context) (time.Duration, error) {
	again, err := p.runOnce(ctx, p.take())
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range again {
		p.changed[id] = true
	}
	if len(p.changed) > 0 && err == nil {
		return 0, nil
	}
	return missedEvery, err
}

// runOnce plans a batch of events of each of the workspaces that has some, and returns those that have more.
func (p *planner) runOnce(ctx context.Context, workspaceIDs []string) (again []string, err error) {
	if workspaceIDs != nil && len(workspaceIDs) == 0 {
		return nil, nil
	}
	lagging, err := p.service.Store.LaggingWorkspaces(ctx, workspaceIDs, workspacesMost)
	if err != nil {
		return nil, fmt.Errorf("find events to deliver: %w", err)
	}
	if workspaceIDs == nil && len(lagging) == workspacesMost {
		p.lookAtAll() // there may be more
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	turns := make(chan struct{}, planningWorkers)
	for _, id := range lagging {
		turns <- struct{}{}
		group.Go(func() {
			defer func() { <-turns }()
			more, failed := p.plan(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, failed)
			if more {
				again = append(again, id)
			}
		})
	}
	group.Wait()
	return again, err
}

// plan plans a batch of events of a workspace and puts the deliveries into the queue. A crash in between is mended by
// the refill.
func (p *planner) plan(ctx context.Context, workspaceID string) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, planningWithin)
	defer cancel()
	var due []domain.Due
	err = p.service.Store.InTx(ctx, func(tx domain.Store) error {
		due, more = nil, false
		plannings, err := tx.Plannings(ctx, workspaceID)
		if err != nil {
			return err
		}
		for _, group := range nearAndFar(plannings) {
			deliveries, left, err := p.planGroup(ctx, tx, group)
			if err != nil {
				return err
			}
			more = more || left
			for _, d := range deliveries {
				due = append(due, domain.Due{DeliveryID: d.ID, WebhookID: d.WebhookID, At: *d.NextAttemptAt})
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("plan deliveries of workspace %s: %w", workspaceID, err)
	}
	if len(due) == 0 {
		return more, nil
	}
	defer p.planned()
	return more, p.queue.Add(context.WithoutCancel(ctx), due...) // also when it is stopped just now
}

// nearAndFar parts webhooks that one batch brings up to date from those that are further behind, so that nobody waits
// for somebody who hears of a week's events.
func nearAndFar(plannings []*domain.Planning) (groups [][]*domain.Planning) {
	var near, far []*domain.Planning
	for _, one := range plannings {
		if one.Last-one.Planned <= plannedAtOnce {
			near = append(near, one)
		} else {
			far = append(far, one)
		}
	}
	for _, group := range [][]*domain.Planning{near, far} {
		if len(group) > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// planGroup plans the events that follow the hindmost cursor of some webhooks of a workspace.
func (p *planner) planGroup(ctx context.Context, tx domain.Store, group []*domain.Planning) (deliveries []*domain.Delivery, more bool, err error) {
	from, last, limit := group[0].Planned, group[0].Last, max(20, min(plannedAtOnce, deliveriesMost/len(group)))
	ids := make([]string, len(group))
	for i, one := range group {
		from, last, ids[i] = min(from, one.Planned), max(last, one.Last), one.Webhook.ID
	}
	events, err := tx.EventsAfter(ctx, group[0].Webhook.WorkspaceID, from, limit)
	if err != nil {
		return nil, false, err
	}
	if len(events) == limit {
		last = events[limit-1].Sequence
		more = true
	} else if n := len(events); n > 0 {
		last = max(last, events[n-1].Sequence)
	}
	deliveries, err = p.address(ctx, tx, group, events)
	if err == nil && len(deliveries) > 0 {
		err = tx.AddDeliveries(ctx, deliveries)
	}
	if err == nil {
		err = tx.SetPlanned(ctx, ids, last)
	}
	return deliveries, more, err
}

// address makes a delivery of every event for every webhook that hears it. What somebody may see is asked once for all
// webhooks that are that somebody's.
func (p *planner) address(ctx context.Context, tx domain.Store, group []*domain.Planning, events []*domain.Event) ([]*domain.Delivery, error) {
	audience, err := p.audience(ctx, tx, group, events)
	if err != nil {
		return nil, err
	}
	now := p.service.Now()
	var deliveries []*domain.Delivery
	for _, one := range group {
		heard, err := audience.hears(ctx, one)
		if err != nil {
			return nil, err
		}
		for _, e := range heard {
			deliveries = append(deliveries, &domain.Delivery{ID: p.service.NewID(), WebhookID: one.Webhook.ID, WorkspaceID: e.WorkspaceID,
				EventID: e.ID, EventType: e.Type, Status: domain.DeliveryQueued, NextAttemptAt: &now})
		}
	}
	return deliveries, nil
}

// audience judges who hears which of some events of a workspace.
type audience struct {
	service *domain.Service // within the transaction
	events  []*domain.Event
	keys    map[string]*domain.Principal // living ones, by id
	visible map[string]map[string]bool   // event ids by viewer: a key's id, or empty for the workspace itself
}

func (p *planner) audience(ctx context.Context, tx domain.Store, group []*domain.Planning, events []*domain.Event) (*audience, error) {
	within := *p.service
	within.Store = tx
	a := &audience{service: &within, events: events, visible: map[string]map[string]bool{}}
	var ids []string
	for _, one := range group {
		if key := one.Webhook.APIKeyID; key != nil {
			ids = append(ids, *key)
		}
	}
	if len(ids) == 0 {
		return a, nil
	}
	var err error
	a.keys, err = tx.PrincipalsByKeyID(ctx, ids)
	return a, err
}

// hears returns the events after a webhook's cursor that it is for.
func (a *audience) hears(ctx context.Context, one *domain.Planning) ([]*domain.Event, error) {
	hook := one.Webhook
	sieve := domain.Sieve{Types: hook.EventTypes, BoardIDs: hook.BoardIDs, Filter: hook.CardFilter}
	candidates := slices.DeleteFunc(slices.Clone(a.events), func(e *domain.Event) bool { return e.Sequence <= one.Planned || !sieve.Passes(e) })
	viewer, who := "", domain.WorkspaceItself(hook.OrganisationID, hook.WorkspaceID)
	if hook.APIKeyID != nil {
		viewer, who = *hook.APIKeyID, a.keys[*hook.APIKeyID]
	}
	if len(candidates) == 0 || who == nil {
		return nil, nil
	}
	if a.visible[viewer] == nil {
		seen, err := a.service.Hears(ctx, who, a.events, domain.Sieve{})
		if err != nil {
			return nil, err
		}
		a.visible[viewer] = make(map[string]bool, len(seen))
		for _, e := range seen {
			a.visible[viewer][e.ID] = true
		}
	}
	candidates = slices.DeleteFunc(candidates, func(e *domain.Event) bool { return !a.visible[viewer][e.ID] })
	if sieve.Filter == nil {
		return candidates, nil
	}
	return a.service.Hears(ctx, who, candidates, sieve)
}
