package storetest_test

import (
	"testing"
	"time"

	"kanera.dev/domain"
	"kanera.dev/persistence"
	"kanera.dev/persistence/storetest"
)

// nameOf turns the ids of activities back to the names they were made from.
func nameOf(all ...string) func(a *domain.Activity) string {
	return func(a *domain.Activity) string {
		for _, name := range all {
			if storetest.ID(name) == a.ID {
				return name
			}
		}
		return a.ID
	}
}

func TestActivity(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		ctx, now := t.Context(), storetest.Start
		change := func(a *domain.Activity, with func(a *domain.Activity)) {
			with(a)
			check(t, "update", store.Update(ctx, a), nil)
		}
		w.CardActivity(w.second, "ben", "older", "moved", now)
		w.CardActivity(w.second, "ben", "updated", "updated", now.Add(time.Second))
		w.CardActivity(w.second, "ben", "made", "created", now.Add(time.Second))
		w.CardActivity(w.third, "ben", "assigned", "updated", now.Add(2*time.Second))
		change(w.CardActivity(w.second, "ben", "hidden", "updated", now), func(a *domain.Activity) { a.FeedVisible = false })
		change(w.CardActivity(w.second, "ben", "system", "updated", now.Add(3*time.Second)), func(a *domain.Activity) {
			a.ActorKind, a.ActorID = domain.ActorSystem, nil
		})
		change(w.CardActivity(w.second, "ben", "gone", "updated", now.Add(4*time.Second)), func(a *domain.Activity) { a.EntityID = storetest.ID("deleted card") })
		change(w.CardActivity(w.second, "ben", "board", "updated", now.Add(5*time.Second)), func(a *domain.Activity) { a.EntityType, a.EntityID = "board", w.support.ID })
		name := nameOf("older", "updated", "made", "assigned", "hidden", "system", "gone", "board")

		ids := storetest.IDs("Support", "Roadmap")
		for who, c := range map[string]struct {
			viewer *domain.Principal
			want   []string
		}{
			"owner":               {ada, []string{"board", "gone", "assigned", "made", "updated", "older"}},
			"key":                 {workspaceKey("read"), []string{"board", "gone", "assigned", "made", "updated", "older"}},
			"assigned items only": {cleo, []string{"board", "assigned"}},
		} {
			counts := must[map[string]int](t)(store.CountBoardActivity(ctx, c.viewer, ids))
			check(t, who+": counts", counts, map[string]int{w.support.ID: len(c.want), w.roadmap.ID: 0})
			var seen []string
			for page := (domain.Page{First: 2}); ; {
				one := must[map[string]domain.PageOf[*domain.Activity]](t)(store.BoardActivityOf(ctx, c.viewer, ids, page))[w.support.ID]
				seen = append(seen, names(one.Nodes, name)...)
				if !one.PageInfo.HasNextPage {
					break
				}
				page.After = *one.PageInfo.EndCursor
			}
			check(t, who, seen, c.want)
		}
		cards := must[map[string]domain.PageOf[*domain.Activity]](t)(store.CardActivityOf(ctx, storetest.IDs("Second"), domain.Page{First: 9}))[w.second.ID]
		check(t, "of a card", names(cards.Nodes, name), []string{"system", "made", "updated", "older"})
		check(t, "actor", []string{cards.Nodes[0].Actor().Name, cards.Nodes[1].Actor().Name}, []string{domain.ProductName, "ben"})
		check(t, "counts", must[map[string]int](t)(store.CountCardActivity(ctx, storetest.IDs("Second", "First"))), map[string]int{w.second.ID: 4, w.first.ID: 0})
		all := must[[]*domain.Activity](t)(store.ActivityOfCard(ctx, w.second.ID))
		check(t, "everything of a card, oldest first", len(all), 5)
		check(t, "newest", name(all[4]), "system")
		check(t, "payload", string(all[4].Payload), `{"title": "system"}`)
	})
}

func TestOpenActivity(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, store *persistence.Store) {
		w := newCompany(t, store)
		now := storetest.Start
		entry := func(name string, with func(a *domain.Activity)) *domain.Activity {
			a := w.CardActivity(w.first, "ben", name, "updated", now)
			a.CoalesceKey, a.CoalescedUntil = new("title"), new(now.Add(time.Minute))
			with(a)
			check(t, "update", store.Update(t.Context(), a), nil)
			return a
		}
		open := entry("open", func(*domain.Activity) {})
		keyed := entry("keyed", func(a *domain.Activity) {
			a.ActorKind, a.APIKeyID, a.APIKeyName = domain.ActorAPIKey, new(storetest.ID("key")), new("Bot")
		})
		bare := entry("bare", func(a *domain.Activity) { a.CoalesceKey = nil })
		for name, c := range map[string]struct {
			like func(a *domain.Activity)
			now  time.Time
			want string
		}{
			"same":             {func(*domain.Activity) {}, now, open.ID},
			"too late":         {func(*domain.Activity) {}, now.Add(time.Minute), ""},
			"last millisecond": {func(*domain.Activity) {}, now.Add(time.Minute - time.Millisecond), open.ID},
			"another key":      {func(a *domain.Activity) { a.CoalesceKey = new("description") }, now, ""},
			"no key":           {func(a *domain.Activity) { a.CoalesceKey = nil }, now, bare.ID},
			"another action":   {func(a *domain.Activity) { a.Action = "moved" }, now, ""},
			"another actor":    {func(a *domain.Activity) { a.ActorID = new(storetest.ID("ada")) }, now, ""},
			"another card":     {func(a *domain.Activity) { a.EntityID = w.second.ID }, now, ""},
			"an API key":       {func(a *domain.Activity) { a.ActorKind, a.APIKeyID = keyed.ActorKind, keyed.APIKeyID }, now, keyed.ID},
			"another API key":  {func(a *domain.Activity) { a.ActorKind, a.APIKeyID = keyed.ActorKind, new(storetest.ID("x")) }, now, ""},
		} {
			like := *open
			c.like(&like)
			got := must[*domain.Activity](t)(store.OpenActivity(t.Context(), &like, c.now))
			if got == nil {
				got = &domain.Activity{}
			}
			check(t, name, got.ID, c.want)
		}
	})
}
