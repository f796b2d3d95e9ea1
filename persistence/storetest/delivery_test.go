package storetest_test

import (
	"fmt"
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// post is a company with webhooks.
type post struct{ *company }

func newPost(t *testing.T, store *persistence.Store) *post {
	t.Helper()
	return &post{newCompany(t, store)}
}

// webhook adds an enabled webhook of a workspace whose deliveries are planned up to an event.
func (p *post) webhook(w *domain.Workspace, name string, planned int64, with func(*domain.Webhook)) *domain.Webhook {
	hook := &domain.Webhook{ID: storetest.ID(name), OrganisationID: w.OrganisationID, WorkspaceID: w.ID, CreatedByID: storetest.ID("ada"), Name: name,
		URL: "https://example.com/" + name, Secret: []byte("sealed " + name), EventTypes: []string{}, BoardIDs: []string{}, Enabled: true, Version: 1, CreatedAt: storetest.Start, UpdatedAt: storetest.Start}
	if with != nil {
		with(hook)
	}
	p.Insert(hook, &domain.WebhookCursor{WebhookID: hook.ID, WorkspaceID: w.ID, Planned: planned})
	return hook
}

// events adds events of a workspace and returns them.
func (p *post) events(t *testing.T, w *domain.Workspace, count int) []*domain.Event {
	t.Helper()
	events := make([]*domain.Event, count)
	for i := range events {
		events[i] = &domain.Event{ID: domain.NewID(), OrganisationID: w.OrganisationID, WorkspaceID: w.ID, Type: "list:deleted",
			Data: []byte(`{"listId": "x"}`), ActorKind: domain.ActorSystem, ActorName: "Kanera", OccurredAt: storetest.At(i)}
	}
	check(t, "emit", p.store.Emit(t.Context(), events...), nil)
	return events
}

// queue adds a queued delivery that is due some seconds after the start.
func (p *post) queue(t *testing.T, hook *domain.Webhook, e *domain.Event, seconds int) *domain.Delivery {
	t.Helper()
	d := &domain.Delivery{ID: domain.NewID(), WebhookID: hook.ID, WorkspaceID: hook.WorkspaceID, EventID: e.ID, EventType: e.Type,
		NextAttemptAt: new(storetest.At(seconds))}
	check(t, "add", p.store.AddDeliveries(t.Context(), []*domain.Delivery{d}), nil)
	return d
}

func (p *post) load(t *testing.T, id string) *domain.Delivery {
	t.Helper()
	d := &domain.Delivery{ID: id}
	check(t, "load", p.store.Load(t.Context(), d), nil)
	return d
}

func failure(d *domain.Delivery, at time.Time, next *time.Time) *domain.Outcome {
	o := &domain.Outcome{Attempt: domain.Attempt{DeliveryID: d.ID, At: at, LatencyMs: 7, ResponseStatus: new(500), ResponseBody: new("no\n\"way\""),
		Error: new("the receiver answered 500")}, WebhookID: d.WebhookID, Status: domain.DeliveryQueued, NextAttemptAt: next}
	if next == nil {
		o.Status = domain.DeliveryFailed
	}
	return o
}

func success(d *domain.Delivery, at time.Time) *domain.Outcome {
	return &domain.Outcome{Attempt: domain.Attempt{DeliveryID: d.ID, At: at, LatencyMs: 3, ResponseStatus: new(204), ResponseBody: new("")},
		WebhookID: d.WebhookID, Status: domain.DeliverySuccess}
}

func TestPlanning(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		p, ctx := newPost(t, store), t.Context()
		p.Insert(&domain.APIKey{ID: storetest.ID("dead"), OrganisationID: p.acme.ID, Kind: domain.WorkspaceKey, WorkspaceID: &p.work.ID, Scope: domain.ScopeRead,
			Hash: "x", CreatedByID: storetest.ID("ada"), RevokedAt: new(storetest.Start), CreatedAt: storetest.Start, UpdatedAt: storetest.Start})
		p.webhook(p.work, "behind", 1, func(w *domain.Webhook) { w.EventTypes = []string{"card:created"} })
		p.webhook(p.work, "new", 0, nil)
		p.webhook(p.work, "up to date", 3, nil)
		p.webhook(p.work, "paused", 0, func(w *domain.Webhook) { w.Enabled, w.DisabledReason = false, new(domain.DisabledByUser) })
		p.webhook(p.work, "keyless", 0, func(w *domain.Webhook) { w.APIKeyID = new(storetest.ID("dead")) })
		p.webhook(p.side, "elsewhere", 0, nil)
		check(t, "nothing happened", must[[]string](t)(store.LaggingWorkspaces(ctx, nil, 10)), nil)
		events := p.events(t, p.work, 3)
		p.events(t, p.side, 1)

		check(t, "lagging", len(must[[]string](t)(store.LaggingWorkspaces(ctx, nil, 10))), 2)
		check(t, "lagging, at most", len(must[[]string](t)(store.LaggingWorkspaces(ctx, nil, 1))), 1)
		check(t, "lagging among", must[[]string](t)(store.LaggingWorkspaces(ctx, []string{p.work.ID, storetest.ID("x")}, 10)), []string{p.work.ID})
		check(t, "lagging among none", must[[]string](t)(store.LaggingWorkspaces(ctx, []string{}, 10)), nil)

		plannings := map[string]string{}
		var ids []string
		for _, one := range must[[]*domain.Planning](t)(store.Plannings(ctx, p.work.ID)) {
			plannings[one.Webhook.Name] = fmt.Sprint(one.Planned, one.Last, one.Webhook.EventTypes)
			ids = append(ids, one.Webhook.ID)
		}
		check(t, "plannings", plannings, map[string]string{"behind": "1 3 [card:created]", "new": "0 3 []"})

		hook := storetest.ID("new")
		delivery := func() *domain.Delivery {
			return &domain.Delivery{ID: domain.NewID(), WebhookID: hook, WorkspaceID: p.work.ID, EventID: events[0].ID, EventType: "list:deleted",
				NextAttemptAt: new(storetest.At(1))}
		}
		first, again := delivery(), delivery()
		check(t, "add", store.AddDeliveries(ctx, []*domain.Delivery{first}), nil)
		check(t, "add again", store.AddDeliveries(ctx, []*domain.Delivery{again}), nil)
		check(t, "one for each event", len(must[map[string]*domain.Dispatch](t)(store.Dispatches(ctx, []string{first.ID, again.ID}))), 1)

		check(t, "set", store.SetPlanned(ctx, ids, 2), nil)
		check(t, "never back", store.SetPlanned(ctx, ids, 1), nil)
		check(t, "two of three", must[[]*domain.Planning](t)(store.Plannings(ctx, p.work.ID))[0].Planned, int64(2))
		check(t, "set", store.SetPlanned(ctx, ids, 3), nil)
		check(t, "no longer lagging", must[[]string](t)(store.LaggingWorkspaces(ctx, []string{p.work.ID}, 10)), nil)
	})
}

func TestDispatches(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		p, ctx := newPost(t, store), t.Context()
		events := p.events(t, p.work, 2)
		hook := p.webhook(p.work, "hook", 0, nil)
		late, early := p.queue(t, hook, events[0], 9), p.queue(t, hook, events[1], 2)
		gone := p.queue(t, hook, &domain.Event{ID: domain.NewID(), Type: "list:deleted"}, 2)

		order := func(due []domain.Due, err error) (ids []string) {
			check(t, "queued", err, nil)
			for _, d := range due {
				ids = append(ids, d.DeliveryID)
				check(t, "of the webhook", d.WebhookID, hook.ID)
			}
			return ids
		}
		check(t, "in time's order", order(store.QueuedDeliveries(ctx, storetest.At(10), domain.Due{}, 10)), []string{early.ID, gone.ID, late.ID})
		check(t, "soon", order(store.QueuedDeliveries(ctx, storetest.At(9), domain.Due{}, 10)), []string{early.ID, gone.ID})
		check(t, "page", order(store.QueuedDeliveries(ctx, storetest.At(10), domain.Due{DeliveryID: early.ID, At: storetest.At(2)}, 1)), []string{gone.ID})

		found := must[map[string]*domain.Dispatch](t)(store.Dispatches(ctx, []string{late.ID, gone.ID, domain.NewID()}))
		check(t, "known", len(found), 2)
		check(t, "event is gone", found[gone.ID].Event == nil, true)
		got := found[late.ID]
		check(t, "status", got.Status, domain.DeliveryQueued)
		check(t, "webhook", []any{got.Webhook.ID, got.Webhook.URL, string(got.Webhook.Secret), got.Deliverable()}, []any{hook.ID, hook.URL, "sealed hook", true})
		want, err := events[0].Envelope()
		check(t, "envelope", err, nil)
		sent, err := got.Event.Envelope()
		check(t, "envelope", err, nil)
		check(t, "envelope", string(sent), string(want))
	})
}

func TestRecord(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		p, ctx := newPost(t, store), t.Context()
		events := p.events(t, p.work, 3)
		hook := p.webhook(p.work, "hook", 0, nil)
		a, b, unknown := p.queue(t, hook, events[0], 0), p.queue(t, hook, events[1], 0), &domain.Delivery{ID: domain.NewID(), WebhookID: hook.ID}
		outcomes := []*domain.Outcome{success(unknown, storetest.At(1)), failure(a, storetest.At(1), new(storetest.At(30))), success(b, storetest.At(2))}
		check(t, "record", store.Record(ctx, outcomes, storetest.At(3)), nil)
		check(t, "numbers", []int{outcomes[0].Number, outcomes[1].Number, outcomes[2].Number}, []int{0, 1, 1})

		failed := p.load(t, a.ID)
		check(t, "queued again", []any{failed.Status, failed.Attempts, failed.Tries, *failed.NextAttemptAt, *failed.LastAttemptAt, *failed.ResponseStatus, *failed.LatencyMs},
			[]any{domain.DeliveryQueued, 1, 1, storetest.At(30), storetest.At(1), 500, 7})
		check(t, "texts", []string{*failed.ResponseBody, *failed.LastError}, []string{"no\n\"way\"", "the receiver answered 500"})
		sent := p.load(t, b.ID)
		check(t, "success", []any{sent.Status, *sent.DeliveredAt, sent.NextAttemptAt == nil, sent.LastError == nil},
			[]any{domain.DeliverySuccess, storetest.At(3), true, true})

		// Somebody else sent it too, and heard another answer.
		check(t, "record", store.Record(ctx, []*domain.Outcome{failure(b, storetest.At(4), new(storetest.At(60)))}, storetest.At(5)), nil)
		sent = p.load(t, b.ID)
		check(t, "stays a success", []any{sent.Status, *sent.DeliveredAt, sent.NextAttemptAt == nil, sent.Attempts},
			[]any{domain.DeliverySuccess, storetest.At(3), true, 2})
		attempt := &domain.Attempt{DeliveryID: b.ID, Number: 2}
		check(t, "history", store.Load(ctx, attempt), nil)
		check(t, "history", []any{attempt.At, *attempt.ResponseStatus, *attempt.Error}, []any{storetest.At(4), 500, "the receiver answered 500"})

		check(t, "given up", store.Record(ctx, []*domain.Outcome{failure(a, storetest.At(31), nil)}, storetest.At(31)), nil)
		check(t, "status", p.load(t, a.ID).Status, domain.DeliveryFailed)
	})
}

func TestHealth(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		p, ctx := newPost(t, store), t.Context()
		at := func(seconds float64) *time.Time {
			return new(storetest.Start.Add(time.Duration(seconds * float64(time.Second))))
		}
		for name, row := range map[string]struct {
			failing, succeeded         *time.Time // as it is
			news                       domain.Health
			wantFailing, wantSucceeded *time.Time
		}{
			"first success":            {nil, nil, domain.Health{SucceededAt: at(9)}, nil, at(9)},
			"another one, soon":        {nil, at(8.5), domain.Health{SucceededAt: at(9)}, nil, at(8.5)},
			"another one":              {nil, at(8), domain.Health{SucceededAt: at(9)}, nil, at(9)},
			"success ends failures":    {at(3), at(8.5), domain.Health{SucceededAt: at(9)}, nil, at(9)},
			"first failure":            {nil, at(2), domain.Health{FailingSince: at(9)}, at(9), at(2)},
			"still failing":            {at(3), at(2), domain.Health{FailingSince: at(9)}, at(3), at(2)},
			"failures after a success": {at(3), at(2), domain.Health{SucceededAt: at(8), FailingSince: at(9)}, at(9), at(8)},
		} {
			hook := p.webhook(p.work, name, 0, func(w *domain.Webhook) { w.FailingSince, w.LastSuccessfulAt = row.failing, row.succeeded })
			row.news.WebhookID = hook.ID
			check(t, name, store.NoteHealth(ctx, []domain.Health{row.news, {WebhookID: domain.NewID(), SucceededAt: at(1)}}), nil)
			got := &domain.Webhook{ID: hook.ID}
			check(t, name, store.Load(ctx, got), nil)
			check(t, name, []*time.Time{got.FailingSince, got.LastSuccessfulAt}, []*time.Time{row.wantFailing, row.wantSucceeded})
			check(t, name+": version", got.Version, 1)
		}
	})
}

func TestDisabling(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		p, ctx := newPost(t, store), t.Context()
		e := p.events(t, p.work, 1)[0]
		old, young := p.webhook(p.work, "old", 0, nil), p.webhook(p.work, "young", 0, nil)
		check(t, "note", store.NoteHealth(ctx, []domain.Health{{WebhookID: old.ID, FailingSince: new(storetest.At(0))}, {WebhookID: young.ID, FailingSince: new(storetest.At(5))}}), nil)
		ids := []string{old.ID, young.ID}
		check(t, "failing", must[[]string](t)(store.FailingWebhooks(ctx, ids, storetest.At(4))), []string{old.ID})

		ended, kept := p.queue(t, old, e, 0), p.queue(t, young, e, 0)
		check(t, "disabled", must[[]string](t)(store.DisableWebhooks(ctx, []string{old.ID}, domain.DisabledFailing, storetest.At(9))), []string{old.ID})
		check(t, "only once", must[[]string](t)(store.DisableWebhooks(ctx, []string{old.ID}, domain.DisabledGone, storetest.At(9))), nil)
		got := &domain.Webhook{ID: old.ID}
		check(t, "load", store.Load(ctx, got), nil)
		check(t, "webhook", []any{got.Enabled, *got.DisabledReason, got.Version, got.UpdatedAt}, []any{false, domain.DisabledFailing, 2, storetest.At(9)})
		check(t, "no longer failing, but disabled", must[[]string](t)(store.FailingWebhooks(ctx, ids, storetest.At(4))), nil)

		check(t, "end", store.EndDeliveries(ctx, ids, storetest.At(10)), nil)
		check(t, "of the disabled one", []any{p.load(t, ended.ID).Status, *p.load(t, ended.ID).LastError}, []any{domain.DeliveryFailed, "not sent: the webhook is disabled"})
		check(t, "of the other", p.load(t, kept.ID).Status, domain.DeliveryQueued)
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		p, ctx := newPost(t, store), t.Context()
		events := p.events(t, p.work, 4)
		hook := p.webhook(p.work, "hook", 0, func(w *domain.Webhook) {
			w.PreviousSecret, w.PreviousSecretUntil = []byte("old"), new(storetest.At(100))
		})
		var outcomes []*domain.Outcome
		for i, e := range events[:3] {
			d := p.queue(t, hook, e, 0)
			outcomes = append(outcomes, success(d, storetest.At(i)))
			check(t, "record", store.Record(ctx, outcomes[i:], storetest.At(i)), nil)
		}
		failed := p.queue(t, hook, events[3], 0)
		check(t, "record", store.Record(ctx, []*domain.Outcome{failure(failed, storetest.At(0), nil)}, storetest.At(0)), nil)
		prune := func(limit int) int {
			return must[int](t)(store.PruneDeliveries(ctx, domain.DeliverySuccess, storetest.At(2), limit))
		}
		check(t, "bounded, oldest first, then the rest", []int{prune(1), prune(5), prune(5)}, []int{1, 1, 0})
		check(t, "left", len(must[map[string]*domain.Dispatch](t)(store.Dispatches(ctx, []string{outcomes[0].DeliveryID, outcomes[1].DeliveryID, outcomes[2].DeliveryID, failed.ID}))), 2)
		check(t, "attempts go too", domain.CodeOf(store.Load(ctx, &domain.Attempt{DeliveryID: outcomes[0].DeliveryID, Number: 1})), domain.CodeNotFound)

		for _, row := range []struct {
			at   int
			left string
		}{{99, "old"}, {100, ""}} {
			check(t, "wipe", store.WipeSecrets(ctx, storetest.At(row.at)), nil)
			got := &domain.Webhook{ID: hook.ID}
			check(t, "load", store.Load(ctx, got), nil)
			check(t, "previous secret", string(got.PreviousSecret), row.left)
		}
	})
}
